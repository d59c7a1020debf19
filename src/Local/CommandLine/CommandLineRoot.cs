using System.CommandLine;
using System.CommandLine.Help;
using LogPipeline.Configuration;
using LogPipeline.Local.CommandLine.Help;

namespace LogPipeline.Local.CommandLine;

/// <summary>The <c>pipeline</c> command: <c>run</c> (the default), <c>validate</c>, <c>audit</c>, <c>context</c>, <c>explain</c>, <c>bench</c>, <c>setup</c>, <c>version</c>.</summary>
public static class CommandLineRoot
{
    /// <summary>
    /// Builds the commands. Faults of configuration and flags go to standard error, one line each, with exit code 2, and nothing of
    /// <paramref name="commands"/> is called.
    /// </summary>
    public static RootCommand Build(ICommands commands)
    {
        var options = new CommandOptions();
        var root = new RootCommand("Reads the logs of this machine's containers and system, stores every line once, and shows them in a browser.") { HelpName = "pipeline" };
        var run = Add(new Command("run", "Read, store and show; this is what happens without a command"), options.OfRun);
        var validate = Add(new Command("validate", "Check a configuration and flags, and say everything that is wrong with them"), options.OfRun);
        var audit = Add(new Command("audit", "Compare files, ledger and store, and say what is missing, double or lost"), options.OfInspection);
        var context = Add(new Command("context", "Print the lines before and after a line, as grep -C would, across rotated files"), options.OfInspection);
        var explain = Add(new Command("explain", "Say where a line is now: unread, on its way, stored, refused, dropped or destroyed"), options.OfInspection);
        var bench = Add(new Command("bench", "Measure what shipping costs on this machine: files to a sink that counts and keeps nothing"), options.OfBench);
        var benchSink = new Command(Running.Benching.SinkProcess.Command, "The sink of bench") { Hidden = true };
        var setup = Add(new Command("setup", "Put index templates, retention policies and, with --dashboards, saved objects into OpenSearch; safe to repeat"), options.OfSetup);
        var version = new Command("version", "Print the version");

        Add(root, options.OfRun);
        audit.Add(options.Deep);
        context.Add(options.Target);
        explain.Add(options.Target);
        foreach (var option in (Option[])[options.Around, options.Before, options.After]) context.Add(option);
        foreach (var command in (Command[])[run, validate, audit, context, explain, bench, benchSink, setup, version]) root.Add(command);

        root.SetAction(Run);
        run.SetAction(Run);
        validate.SetAction(parsed =>
        {
            Reader(parsed).ReadRun(out var faults, runs: false);
            if (Refused(parsed, faults)) return ExitCode.CannotStart;
            parsed.InvocationConfiguration.Output.WriteLine($"{parsed.GetValue(options.Config) ?? "configuration"}: valid");
            return ExitCode.Success;
        });
        audit.SetAction(async (parsed, stop) =>
        {
            var settings = Reader(parsed).ReadAudit(out var faults);
            return Refused(parsed, faults) ? ExitCode.CannotStart : await commands.Audit(settings, stop).ConfigureAwait(false);
        });
        context.SetAction(async (parsed, stop) =>
        {
            var settings = Reader(parsed).ReadContext(out var faults);
            return Refused(parsed, faults) || settings is null ? ExitCode.CannotStart : await commands.Context(settings, stop).ConfigureAwait(false);
        });
        explain.SetAction(async (parsed, stop) =>
        {
            var settings = Reader(parsed).ReadExplain(out var faults);
            return Refused(parsed, faults) || settings is null ? ExitCode.CannotStart : await commands.Explain(settings, stop).ConfigureAwait(false);
        });
        bench.SetAction(async (parsed, stop) =>
        {
            var settings = Reader(parsed).ReadBench(out var faults);
            return Refused(parsed, faults) ? ExitCode.CannotStart : await commands.Bench(settings, stop).ConfigureAwait(false);
        });
        benchSink.SetAction((_, stop) => commands.BenchSink(stop));
        setup.SetAction(async (parsed, stop) =>
        {
            var settings = Reader(parsed).ReadSetup(out var faults);
            return Refused(parsed, faults) ? ExitCode.CannotStart : await commands.Setup(settings, stop).ConfigureAwait(false);
        });
        version.Action = new PrintVersion();

        foreach (var help in root.Options.OfType<HelpOption>()) help.Action = new HelpWithExamples((HelpAction)help.Action!);
        foreach (var option in root.Options.OfType<VersionOption>()) option.Action = new PrintVersion();
        return root;

        async Task<int> Run(ParseResult parsed, CancellationToken stop)
        {
            var settings = Reader(parsed).ReadRun(out var faults);
            return Refused(parsed, faults) ? ExitCode.CannotStart : await commands.Run(settings, stop).ConfigureAwait(false);
        }

        SettingsReader Reader(ParseResult parsed) => new(options, parsed, Environment.GetEnvironmentVariable, Environment.CurrentDirectory);
    }

    /// <summary>Parses and runs. Flags that nobody knows, or that the command does not take, are faults like bad values: a line each, exit code 2.</summary>
    /// <param name="args">The process's arguments.</param>
    /// <param name="commands">What the commands do.</param>
    /// <param name="output">Standard output.</param>
    /// <param name="error">Standard error.</param>
    /// <param name="stop">Cancelled by the first SIGTERM or Ctrl-C; see <see cref="StopSignals"/>.</param>
    public static async Task<int> Invoke(IReadOnlyList<string> args, ICommands commands, TextWriter output, TextWriter error, CancellationToken stop)
    {
        var parsed = Build(commands).Parse(args);
        List<string> problems = [.. parsed.Action is HelpWithExamples or PrintVersion ? [] : parsed.Errors.Select(problem => problem.Message)];
        problems.AddRange(MisplacedOptions(parsed));
        if (problems.Count > 0)
        {
            foreach (string problem in problems) error.WriteLine(problem);
            string command = parsed.CommandResult == parsed.RootCommandResult ? "pipeline" : $"pipeline {parsed.CommandResult.Command.Name}";
            error.WriteLine($"{command} --help says what there is.");
            return ExitCode.CannotStart;
        }

        // Signals are StopSignals' own: the library would wait two seconds and leave whatever is under way.
        var invocation = new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        return await parsed.InvokeAsync(invocation, stop).ConfigureAwait(false);
    }

    private static Command Add(Command command, IReadOnlyList<Option> options)
    {
        foreach (var option in options) command.Add(option);
        return command;
    }

    /// <summary>Options before a command belong to the default one: <c>pipeline --demo audit</c> must not look as if it had an effect.</summary>
    private static IEnumerable<string> MisplacedOptions(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (parsed.CommandResult == parsed.RootCommandResult) return [];
        return parsed.RootCommandResult.Children.OfType<System.CommandLine.Parsing.OptionResult>()
            .Where(given => !given.Implicit && given.Option is not (HelpOption or VersionOption) && !command.Options.Contains(given.Option))
            .Select(given => $"{given.Option.Name}: is not an option of {command.Name}");
    }

    private static bool Refused(ParseResult parsed, IReadOnlyList<ConfigurationFault> faults)
    {
        foreach (var fault in faults) parsed.InvocationConfiguration.Error.WriteLine(fault);
        return faults.Count > 0;
    }
}
