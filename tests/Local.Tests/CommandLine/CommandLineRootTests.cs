using LogPipeline.Local.CommandLine;

namespace LogPipeline.Tests.CommandLine;

public sealed class CommandLineRootTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("command-line-").FullName;
    private readonly RecordedCommands _commands = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        _output.Dispose();
        _error.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_is_what_happens_without_a_command(bool named)
    {
        Assert.Equal(RecordedCommands.Answer, await Invoke(named ? ["run"] : []));
        Assert.Empty(_commands.Ran!.Options.Sources);
        Assert.False(_commands.Ran.Demo);
        Assert.Null(_commands.Ran.UntilIdle);
        Assert.True(Path.IsPathRooted(_commands.Ran.Options.Ledger.StateDirectory));
        Assert.Equal(Path.Combine(_commands.Ran.Options.Ledger.StateDirectory, "store"), _commands.Ran.Options.Store.Embedded.Path);
    }

    [Fact]
    public async Task Every_flag_reaches_its_option()
    {
        Assert.Equal(RecordedCommands.Answer, await Invoke(
            "--source", "/a/*.log", "-s", "b/**/*.log", "--format", "plain", "--joining", "java", "--parse", "none", "--field", "team=a=b", "--field", "zone=1",
            "--store", "https://one:9200", "--store", "https://two:9200", "--index", "l-{day}", "--state", "s", "--listen", "[::1]:0", "--from-end", "--until-idle", "1.5"));

        var options = _commands.Ran!.Options;
        Assert.Equal([("/a/*.log", "plain"), (Path.GetFullPath("b/**/*.log"), "plain")], options.Sources.Select(source => (source.Path, source.Format)));
        Assert.Equal(("java", "none", "l-{day}", "[::1]:0", "end"), (options.Joining.Preset, options.Parsing.Parser, options.Indexing.Index, options.Web.Listen, options.Tailing.From));
        Assert.Equal(("a=b", "1"), (options.Enrichment.Fields["team"], options.Enrichment.Fields["zone"]));
        Assert.Equal(["https://one:9200", "https://two:9200"], options.Store.Urls);
        Assert.Equal(Path.GetFullPath("s"), options.Ledger.StateDirectory);
        Assert.Equal(TimeSpan.FromSeconds(1.5), _commands.Ran.UntilIdle);
    }

    [Fact]
    public async Task Flags_win_over_the_file()
    {
        string file = Config("sources: [{ path: /file }]\ntailing: { from: end, max_line: 2MiB }\n");
        await Invoke("run", "--config", file, "--source", "/flag", "--from-start");

        var options = _commands.Ran!.Options;
        Assert.Equal(["/flag"], options.Sources.Select(source => source.Path));
        Assert.Equal(("start", 2 << 20), (options.Tailing.From, options.Tailing.MaxLineBytes));
    }

    [Fact]
    public async Task Faults_of_file_and_flags_are_told_together_one_line_each_and_nothing_runs()
    {
        string file = Config("indexing:\n  max_body: 5GiB\n  idnex: x\n");
        int code = await Invoke("run", "--config", file, "--joining", "jva", "--until-idle", "0", "--field", "x", "--from-start", "--from-end", "--format", "cri");

        Assert.Equal(2, code);
        Assert.Null(_commands.Ran);
        Assert.Equal(
            [
                $"{file}:2: indexing.max_body: 5GiB is above 64MiB",
                $"{file}:3: indexing.idnex: unknown key; did you mean index?",
                "--format: goes with --source; the configuration file has a format for each source",
                "--joining: jva is none of auto, java, dotnet, python, go, node, ruby, php, indented, none; did you mean java?",
                "--field: x is not NAME=VALUE",
                "--from-start: excludes --from-end",
                "--until-idle: 0 is not a number of seconds above 0",
            ],
            ErrorLines());
        Assert.Equal("", _output.ToString());
    }

    [Fact]
    public async Task Bench_takes_what_decides_the_cost_of_a_line_and_never_the_configured_sources()
    {
        string file = Config("sources: [{ path: /file }]\nindexing: { max_body: 1MiB }\n");
        Assert.Equal(RecordedCommands.Answer, await Invoke("bench", "--config", file, "--size", "1GiB", "--files", "20", "--joining", "none"));
        Assert.Equal((1L << 30, 20), (_commands.Benched!.SizeBytes, _commands.Benched.Files));
        Assert.Equal(("none", 1 << 20), (_commands.Benched.Options.Joining.Preset, _commands.Benched.Options.Indexing.MaxBodyBytes));
        Assert.Empty(_commands.Benched.Options.Sources);

        Assert.Equal(RecordedCommands.Answer, await Invoke("bench", "--source", "/a/*.log"));
        Assert.Equal(["/a/*.log"], _commands.Benched.Options.Sources.Select(source => source.Path));
        Assert.Equal(256L << 20, _commands.Benched.SizeBytes);
    }

    [Theory]
    [InlineData("--size: 1KiB is no size from 1MiB to 64GiB", "bench", "--size", "1KiB")]
    [InlineData("--files: 0 is not a number from 1 to 10000", "bench", "--files", "0")]
    [InlineData("--size: is for generated logs; --source brings its own", "bench", "--source", "/x", "--size", "1GiB")]
    [InlineData("--files: is for generated logs; --source brings its own", "bench", "--source", "/x", "--files", "2")]
    public async Task A_bad_flag_of_bench_is_a_fault(string fault, params string[] args)
    {
        Assert.Equal(2, await Invoke(args));
        Assert.Equal([fault], ErrorLines());
        Assert.Null(_commands.Benched);
    }

    [Theory]
    [InlineData("Unrecognized command or argument '--sorce'.", "--sorce", "x")]
    [InlineData("Unrecognized command or argument 'rnu'.", "rnu")]
    [InlineData("Required argument missing for option: '--index'.", "--index")]
    [InlineData("--demo: is not an option of audit", "--demo", "audit")]
    [InlineData("Required argument '_id | file:offset' missing for command: 'context'.", "context")]
    public async Task A_command_line_that_makes_no_sense_is_refused_with_a_way_to_help(string fault, params string[] args)
    {
        Assert.Equal(2, await Invoke(args));
        Assert.Equal(fault, ErrorLines()[0]);
        Assert.EndsWith("--help says what there is.", ErrorLines()[^1]);
        Assert.Null(_commands.Ran);
        Assert.Null(_commands.Audited);
    }

    [Theory]
    [InlineData("--until-idle: x is not a number of seconds above 0", "--until-idle", "x")]
    [InlineData("--until-idle: 90000 is above 86400, a day", "--until-idle", "90000")]
    [InlineData("--demo: brings its own files; it does not go with --source", "--demo", "--source", "/x")]
    [InlineData("--listen: 5080 is not ADDRESS:PORT, as 127.0.0.1:5080, [::1]:5080 or localhost:5080", "--listen", "5080")]
    [InlineData("--store: ftp://x is neither embedded nor an http or https URL", "--store", "ftp://x")]
    [InlineData("--index: {tenant} does not begin with text of its own, which tells its indices from others", "--index", "{tenant}")]
    [InlineData("--state: '' is no path", "--state", "")]
    [InlineData("--field: container.labels clashes with container.labels, which the pipeline writes itself", "--field", "container.labels=x")]
    public async Task A_bad_flag_is_a_fault(string fault, params string[] args)
    {
        Assert.Equal(2, await Invoke(args));
        Assert.Equal([fault], ErrorLines());
    }

    [Fact]
    public async Task A_file_that_is_not_there_or_too_large_is_a_fault()
    {
        Assert.Equal(2, await Invoke("--config", Path.Combine(_folder, "no.yaml")));
        Assert.EndsWith("no.yaml: there is no such file", ErrorLines()[^1]);
        Assert.Equal(2, await Invoke("--config", Config(new string('#', (1 << 20) + 1))));
        Assert.EndsWith("is larger than 1MiB", ErrorLines()[^1]);
        Assert.Equal(2, await Invoke("--config", _folder));
        Assert.Contains(_folder, ErrorLines()[^1]);
    }

    [Fact]
    public async Task Validate_runs_nothing_and_says_whether_the_configuration_is_valid()
    {
        string good = Config("tailing: { from: end }\n");
        Assert.Equal(0, await Invoke("validate", "--config", good));
        Assert.Equal($"{good}: valid\n", _output.ToString());
        Assert.Equal(2, await Invoke("validate", "--config", Config("tailing: { from: edn }\n"), "--index", "X"));
        Assert.Equal(2, ErrorLines().Length);
        Assert.Null(_commands.Ran);
    }

    [Fact]
    public async Task Audit_takes_what_tells_it_where_to_look()
    {
        Assert.Equal(RecordedCommands.Answer, await Invoke("audit", "--source", "/a", "--store", "http://h", "--state", "/s", "--deep"));
        Assert.True(_commands.Audited!.Deep);
        Assert.Equal(("/a", "http://h", "/s"), (_commands.Audited.Options.Sources[0].Path, _commands.Audited.Options.Store.Urls[0], _commands.Audited.Options.Ledger.StateDirectory));
        Assert.Equal(2, await Invoke("audit", "--index", "x"));
    }

    [Theory]
    [InlineData(5, 5)]
    [InlineData(3, 3, "-C", "3")]
    [InlineData(3, 0, "-C", "3", "-A", "0")]
    [InlineData(7, 5, "-B", "7")]
    [InlineData(7, 9, "--before", "7", "--after", "9")]
    public async Task Context_counts_as_grep_does(int before, int after, params string[] args)
    {
        Assert.Equal(RecordedCommands.Answer, await Invoke(["context", "/var/log/x.log:120", .. args]));
        Assert.Equal(("/var/log/x.log", 120L, null), (_commands.Context!.Target.File, _commands.Context.Target.OffsetBytes, _commands.Context.Target.RecordId));
        Assert.Equal((before, after), (_commands.Context.Before, _commands.Context.After));
    }

    [Fact]
    public async Task Explain_takes_a_place_or_an_id_and_what_tells_which_pipeline()
    {
        Assert.Equal(RecordedCommands.Answer, await Invoke("explain", "/var/log/x.log:120", "--store", "https://a:9200"));
        Assert.Equal(("/var/log/x.log", 120L), (_commands.Explained!.Target.File, _commands.Explained.Target.OffsetBytes));
        Assert.Equal(["https://a:9200"], _commands.Explained.Options.Store.Urls);
        Assert.Equal(2, await Invoke("explain", "nothing"));
        Assert.Equal("explain: nothing is neither an _id (31 letters, digits, - and _) nor file:offset", ErrorLines()[^1]);
    }

    [Fact]
    public async Task Setup_takes_a_store_and_the_address_of_dashboards()
    {
        Assert.Equal(RecordedCommands.Answer, await Invoke("setup", "--store", "https://a:9200", "--dashboards", "https://d:5601/logs"));
        Assert.Equal(("https://a:9200", "https://d:5601/logs"), (_commands.SetUp!.Options.Store.Urls.Single(), _commands.SetUp.Dashboards!.AbsoluteUri));
        Assert.Equal(2, await Invoke("setup", "--dashboards", "somewhere"));
        Assert.Equal("--dashboards: somewhere is no http or https URL without a user", ErrorLines()[^1]);
    }

    [Theory]
    [InlineData("-C", "x", "--context: x is not a number from 0 to 10000")]
    [InlineData("-B", "-1", "--before: -1 is not a number from 0 to 10000")]
    [InlineData("-A", "10001", "--after: 10001 is not a number from 0 to 10000")]
    public async Task A_bad_count_is_a_fault(string flag, string value, string fault)
    {
        Assert.Equal(2, await Invoke("context", "/x:1", flag, value));
        Assert.Equal([fault], ErrorLines());
    }

    [Fact]
    public async Task Context_takes_the_id_that_the_help_shows_and_refuses_what_is_none()
    {
        await Invoke("context", "--help");
        string id = _output.ToString().Split("pipeline context ")[^2].Split(' ')[0];
        Assert.Equal(RecordedCommands.Answer, await Invoke("context", id));
        Assert.Equal(id, _commands.Context!.Target.RecordId);
        Assert.Equal(2, await Invoke("context", id + "x"));
        Assert.Equal($"context: {id}x is neither an _id (31 letters, digits, - and _) nor file:offset", ErrorLines()[^1]);
    }

    [Theory]
    [InlineData("pipeline --demo", "--help")]
    [InlineData("pipeline --demo", "run", "-h")]
    [InlineData("pipeline validate --config", "validate", "-h")]
    [InlineData("pipeline audit --config", "audit", "-h")]
    public async Task Help_ends_with_examples(string example, params string[] args)
    {
        Assert.Equal(0, await Invoke(args));
        string help = _output.ToString();
        Assert.Contains("Usage:\n  pipeline", help);
        Assert.True(help.IndexOf("Examples:", StringComparison.Ordinal) > help.IndexOf("Options:", StringComparison.Ordinal));
        Assert.Contains(example, help);
        Assert.Equal("", _error.ToString());
    }

    [Fact]
    public async Task The_examples_of_the_help_parse()
    {
        foreach (string[] help in (string[][])[["--help"], ["validate", "-h"], ["audit", "-h"], ["context", "-h"], ["explain", "-h"], ["setup", "-h"]]) await Invoke(help);
        Config("");
        var examples = _output.ToString().Split('\n').Where(line => line.StartsWith("  pipeline", StringComparison.Ordinal) && !line.Contains('[', StringComparison.Ordinal)).ToList();
        Assert.True(examples.Count >= 9);
        foreach (string example in examples)
        {
            string command = example.Trim().Split("   ")[0].Replace("pipeline.yaml", Path.Combine(_folder, "pipeline.yaml"), StringComparison.Ordinal);
            string[] args = [.. command.Split(' ').Skip(1).Select(word => word.Trim('\''))];
            Assert.Contains(await Invoke(args), (int[])[0, RecordedCommands.Answer]);
        }
    }

    [Theory]
    [InlineData("version")]
    [InlineData("--version")]
    public async Task The_version_is_told(string arg)
    {
        Assert.Equal(0, await Invoke(arg));
        Assert.Matches(@"^pipeline \d+\.\d+\.\d+.* \(.*\.NET .*\)\n$", _output.ToString());
    }

    [Fact]
    public async Task A_demo_leaves_its_directories_to_the_demo_unless_they_are_given()
    {
        await Invoke("--demo");
        Assert.True(_commands.Ran!.Demo);
        Assert.Equal(("", ""), (_commands.Ran.Options.Ledger.StateDirectory, _commands.Ran.Options.Store.Embedded.Path));
        await Invoke("--demo", "--state", "/s");
        Assert.Equal("/s", _commands.Ran.Options.Ledger.StateDirectory);
    }

    private string Config(string yaml)
    {
        string path = Path.Combine(_folder, "pipeline.yaml");
        File.WriteAllText(path, yaml);
        return path;
    }

    private Task<int> Invoke(params string[] args) => CommandLineRoot.Invoke(args, _commands, _output, _error, CancellationToken.None);

    private string[] ErrorLines() => _error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
