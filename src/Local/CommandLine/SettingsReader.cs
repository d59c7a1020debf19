using System.CommandLine;
using System.Globalization;
using LogPipeline.Configuration;

namespace LogPipeline.Local.CommandLine;

/// <summary>Puts the file and the flags together into settings, with every fault of both at once.</summary>
/// <param name="options">The flags.</param>
/// <param name="parsed">What was given.</param>
/// <param name="environment">Looks environment variables up.</param>
/// <param name="directory">What relative paths of flags are relative to.</param>
internal sealed class SettingsReader(CommandOptions options, ParseResult parsed, Func<string, string?> environment, string directory)
{
    /// <summary>A configuration is a few KiB; what is larger is another file.</summary>
    private const long MaxFileBytes = 1 << 20;

    private const int DefaultContext = 5, MaxContext = 10_000, MaxFiles = 10_000;

    private const long DefaultSize = 256 * Configuration.Values.ByteSize.MiB, MinSize = Configuration.Values.ByteSize.MiB, MaxSize = 64 * Configuration.Values.ByteSize.GiB;

    private static readonly TimeSpan MaxIdle = TimeSpan.FromDays(1);

    private readonly ConfigurationReader _reader = new(environment);

    /// <param name="faults">Gets everything that is wrong.</param>
    /// <param name="runs">False to check what is given, which may be a node's of the cluster edition.</param>
    public RunSettings ReadRun(out IReadOnlyList<ConfigurationFault> faults, bool runs = true)
    {
        ReadFile();
        bool demo = parsed.GetValue(options.Demo);
        ReadSources(demo);
        Flag(options.Joining, "joining", "preset");
        Flag(options.Parse, "parsing", "parser");
        Flag(options.Index, "indexing", "index");
        Flag(options.Listen, "web", "listen");
        ReadStore();
        ReadFields();
        ReadFrom();
        var idle = ReadIdle();
        var settings = Finish(demo, out faults, runs);
        if (demo) settings.Sources.Clear();
        return new RunSettings(settings, idle, demo);
    }

    public AuditSettings ReadAudit(out IReadOnlyList<ConfigurationFault> faults)
    {
        ReadInspection();
        return new AuditSettings(Finish(demo: false, out faults), parsed.GetValue(options.Deep));
    }

    public ContextSettings? ReadContext(out IReadOnlyList<ConfigurationFault> faults)
    {
        ReadInspection();
        var target = ReadTarget("context");
        int around = ReadCount(options.Around, DefaultContext, 0, MaxContext);
        int before = ReadCount(options.Before, around, 0, MaxContext), after = ReadCount(options.After, around, 0, MaxContext);
        var settings = Finish(demo: false, out faults);
        return target is null ? null : new ContextSettings(settings, target, before, after);
    }

    public ExplainSettings? ReadExplain(out IReadOnlyList<ConfigurationFault> faults)
    {
        ReadInspection();
        var target = ReadTarget("explain");
        var settings = Finish(demo: false, out faults);
        return target is null ? null : new ExplainSettings(settings, target);
    }

    /// <summary>A configuration's sources are not read: they may be the machine's, and grow.</summary>
    public BenchSettings ReadBench(out IReadOnlyList<ConfigurationFault> faults)
    {
        ReadFile();
        ReadSources(demo: false);
        Flag(options.Joining, "joining", "preset");
        Flag(options.Parse, "parsing", "parser");
        ReadFields();
        bool given = parsed.GetValue(options.Source) is { Length: > 0 };
        long size = ReadSize(given);
        int files = ReadCount(options.Files, 1, 1, MaxFiles);
        if (given && parsed.GetValue(options.Files) is not null) _reader.Fail("--files", "is for generated logs; --source brings its own");
        var read = Finish(demo: true, out faults);
        if (!given) read.Sources.Clear();
        return new BenchSettings(read, size, files);
    }

    private long ReadSize(bool given)
    {
        if (parsed.GetValue(options.Size) is not { } text) return DefaultSize;
        if (given) _reader.Fail("--size", "is for generated logs; --source brings its own");
        else if (!Configuration.Values.ByteSize.TryParse(text, out long bytes) || bytes is < MinSize or > MaxSize)
            _reader.Fail("--size", $"{Configuration.Values.Quoted.Text(text)} is no size from 1MiB to 64GiB");
        else return bytes;
        return DefaultSize;
    }

    public SetupSettings ReadSetup(out IReadOnlyList<ConfigurationFault> faults)
    {
        ReadFile();
        if (parsed.GetValue(options.Store) is { Length: > 0 } urls) _reader.ReadFlag("--store", "store", "urls", urls);
        Flag(options.Index, "indexing", "index");
        Uri? dashboards = null;
        if (parsed.GetValue(options.Dashboards) is { } text && (!Uri.TryCreate(text, UriKind.Absolute, out dashboards) || dashboards.Scheme is not ("http" or "https") || dashboards.UserInfo.Length > 0))
            _reader.Fail("--dashboards", $"{Configuration.Values.Quoted.Text(text)} is no http or https URL without a user");
        return new SetupSettings(Finish(demo: false, out faults, runs: false), dashboards);
    }

    private ContextTarget? ReadTarget(string command)
    {
        string text = parsed.GetRequiredValue(options.Target);
        if (!ContextTarget.TryParse(text, directory, out var target))
            _reader.Fail(command, $"{Configuration.Values.Quoted.Text(text)} is neither an _id (31 letters, digits, - and _) nor file:offset");
        return target;
    }

    private void ReadInspection()
    {
        ReadFile();
        ReadSources(demo: false);
        ReadStore();
    }

    private void ReadFile()
    {
        if (parsed.GetValue(options.Config) is not { } path) return;
        try
        {
            if (new FileInfo(path).Length > MaxFileBytes) _reader.Fail(path, "is larger than 1MiB");
            else _reader.ReadFile(path, File.ReadAllText(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Nothing runs without the file that was asked for.
            _reader.Fail(path, e is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : $"cannot be read: {e.Message}");
        }
    }

    private void ReadSources(bool demo)
    {
        string[] globs = parsed.GetValue(options.Source) ?? [];
        string? format = parsed.CommandResult.GetResult(options.Format) is null && parsed.RootCommandResult.GetResult(options.Format) is null ? null : parsed.GetValue(options.Format);
        if (globs.Length > 0) _reader.ReadSources("--source", [.. globs.Select(Absolute)], format);
        else if (format is not null) _reader.Fail("--format", "goes with --source; the configuration file has a format for each source");
        if (demo && globs.Length > 0) _reader.Fail("--demo", "brings its own files; it does not go with --source");
    }

    private void ReadStore()
    {
        string[] urls = parsed.GetValue(options.Store) ?? [];
        if (urls.Length > 0) _reader.ReadFlag("--store", "store", "urls", urls);
        if (parsed.GetValue(options.State) is { } state) _reader.ReadFlag("--state", "ledger", "state_directory", state.Length == 0 ? state : Absolute(state));
    }

    private void ReadFields()
    {
        foreach (string field in parsed.GetValue(options.Field) ?? [])
        {
            int equals = field.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) _reader.Fail("--field", $"{Configuration.Values.Quoted.Text(field)} is not NAME=VALUE");
            else _reader.ReadField("--field", field[..equals], field[(equals + 1)..]);
        }
    }

    private void ReadFrom()
    {
        bool start = parsed.GetValue(options.FromStart), end = parsed.GetValue(options.FromEnd);
        if (start && end) _reader.Fail("--from-start", "excludes --from-end");
        else if (start || end) _reader.ReadFlag(start ? "--from-start" : "--from-end", "tailing", "from", start ? "start" : "end");
    }

    private TimeSpan? ReadIdle()
    {
        if (parsed.GetValue(options.UntilIdle) is not { } text) return null;
        bool number = decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal seconds);
        if (!number || seconds <= 0) _reader.Fail("--until-idle", $"{Configuration.Values.Quoted.Text(text)} is not a number of seconds above 0");
        else if (seconds > (decimal)MaxIdle.TotalSeconds) _reader.Fail("--until-idle", $"{text} is above {MaxIdle.TotalSeconds}, a day");
        else return TimeSpan.FromSeconds((double)seconds);
        return null;
    }

    private int ReadCount(Option<string> option, int otherwise, int least, int most)
    {
        if (parsed.GetValue(option) is not { } text) return otherwise;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count >= least && count <= most) return count;
        _reader.Fail(option.Name, $"{Configuration.Values.Quoted.Text(text)} is not a number from {least} to {most}");
        return otherwise;
    }

    private void Flag(Option<string> option, string section, string key)
    {
        if (parsed.GetValue(option) is { } value) _reader.ReadFlag(option.Name, section, key, value);
    }

    private PipelineOptions Finish(bool demo, out IReadOnlyList<ConfigurationFault> faults, bool runs = true)
    {
        var result = _reader.Finish();
        var read = result.Options;
        faults = result.Faults;
        if (runs && read.Tenancy.Rules.FindIndex(rule => rule.WantsMetadata) is >= 0 and var rule)
            faults = [.. faults, new ConfigurationFault(parsed.GetValue(options.Config) ?? "configuration", 0, $"tenancy.rules[{rule}]", "wants what the Kubernetes API says of namespaces; only a node of the cluster edition asks it")];
        if (demo) return read;

        string? state = read.Ledger.StateDirectory.Length > 0 ? read.Ledger.StateDirectory : StateDirectory.Default(Environment.IsPrivilegedProcess, environment);
        if (state is null)
        {
            faults = [.. faults, new ConfigurationFault("--state", 0, "", "is needed: there is neither $XDG_STATE_HOME nor $HOME")];
            return read;
        }
        read.Ledger.StateDirectory = Absolute(state);
        read.Store.Embedded.Path = read.Store.Embedded.Path.Length > 0 ? Absolute(read.Store.Embedded.Path) : Path.Combine(read.Ledger.StateDirectory, "store");
        return read;
    }

    private string Absolute(string path) => Path.GetFullPath(path, directory);
}
