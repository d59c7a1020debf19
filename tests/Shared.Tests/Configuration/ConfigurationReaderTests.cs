using LogPipeline.Configuration;

namespace LogPipeline.Tests.Configuration;

public sealed class ConfigurationReaderTests
{
    [Fact]
    public void Every_value_reaches_its_option()
    {
        var result = Read("""
            sources:
              - path: /var/log/pods/*/*/*.log
                exclude: [/var/log/pods/kube-*/*/*.log, "/x"]
                format: cri
              - path: /var/log/syslog
            tailing: { max_line: 2MiB, chunk_size: 64KiB, from: end, rescan_interval: 45s, held_deleted: 0, include_own_files: true }
            joining: { start: '^\d', continue: '^\s', end: ';$', flush_after: 1500ms, max_lines: 7, max_size: 4KiB }
            parsing: { parser: json, max_depth: 3 }
            enrichment: { cluster: prod, host: n1, fields: { team.name: a b, zone: 7 } }
            tenancy:
              rules:
                - { namespace: kube-*, tenant: platform }
                - { namespace: '*', tenant: 't-{namespace}' }
              default: other
            indexing: { index: 'l-{tenant}-{namespace}-{day}', max_body: 64KiB, max_body_age: 1ms, max_in_flight: 256KiB, max_concurrency: 1, request_timeout: 1m, max_backoff: 100ms }
            store: { urls: [https://a:9200, "https://b:9200/x"], user: u, password_env: P_W, ca_file: /ca.pem, gzip: true, embedded: { path: /e, max_size: 64MiB, max_age: 1d } }
            ledger: { state_directory: /s, checkpoint_interval: 50ms, drain_timeout: 0 }
            web: { listen: "[::1]:0" }
            """);

        Assert.Empty(result.Faults);
        var o = result.Options;
        Assert.Equal(["/var/log/pods/*/*/*.log", "/var/log/syslog"], o.Sources.Select(s => s.Path));
        Assert.Equal(["/var/log/pods/kube-*/*/*.log", "/x"], o.Sources[0].Exclude);
        Assert.Equal(["cri", "auto"], o.Sources.Select(s => s.Format));
        Assert.Equal((2 << 20, 64 << 10, "end", TimeSpan.FromSeconds(45), 0L, true),
            (o.Tailing.MaxLineBytes, o.Tailing.ChunkBytes, o.Tailing.From, o.Tailing.RescanInterval, o.Tailing.HeldDeletedBytes, o.Tailing.IncludeOwnFiles));
        Assert.Equal(("^\\d", "^\\s", ";$", TimeSpan.FromSeconds(1.5), 7, 4096),
            (o.Joining.Start, o.Joining.Continue, o.Joining.End, o.Joining.FlushAfter, o.Joining.MaxLines, o.Joining.MaxBytes));
        Assert.Equal(("json", 3), (o.Parsing.Parser, o.Parsing.MaxDepth));
        Assert.Equal(("prod", "n1", "a b", "7"), (o.Enrichment.Cluster, o.Enrichment.Host, o.Enrichment.Fields["team.name"], o.Enrichment.Fields["zone"]));
        Assert.Equal([("kube-*", "platform"), ("*", "t-{namespace}")], o.Tenancy.Rules.Select(r => (r.Namespace, r.Tenant)));
        Assert.Equal("other", o.Tenancy.Default);
        Assert.Equal(("l-{tenant}-{namespace}-{day}", 64 << 10, TimeSpan.FromMilliseconds(1), 256L << 10, 1, TimeSpan.FromMinutes(1), TimeSpan.FromMilliseconds(100)),
            (o.Indexing.Index, o.Indexing.MaxBodyBytes, o.Indexing.MaxBodyAge, o.Indexing.MaxInFlightBytes, o.Indexing.MaxConcurrency, o.Indexing.RequestTimeout, o.Indexing.MaxBackoff));
        Assert.Equal(["https://a:9200", "https://b:9200/x"], o.Store.Urls);
        Assert.Equal(("u", "P_W", "/ca.pem", true, "/e", 64L << 20, TimeSpan.FromDays(1)),
            (o.Store.User, o.Store.PasswordEnv, o.Store.CaFile, o.Store.Gzip, o.Store.Embedded.Path, o.Store.Embedded.MaxBytes, o.Store.Embedded.MaxAge));
        Assert.Equal(("/s", TimeSpan.FromMilliseconds(50), TimeSpan.Zero), (o.Ledger.StateDirectory, o.Ledger.CheckpointInterval, o.Ledger.DrainTimeout));
        Assert.Equal("[::1]:0", o.Web.Listen);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    [InlineData("---\n...\n")]
    [InlineData("tailing:\n  # every key is commented out\nsources:\nenrichment:\n  fields:\n")]
    public void An_empty_file_and_empty_sections_are_the_defaults(string yaml)
    {
        var result = Read(yaml);

        Assert.Empty(result.Faults);
        Assert.Equal(1 << 20, result.Options.Tailing.MaxLineBytes);
        Assert.Empty(result.Options.Sources);
        Assert.True(result.Options.Store.IsEmbedded);
    }

    [Fact]
    public void Every_fault_is_reported_at_once_with_its_line()
    {
        var faults = Faults("""
            indexing:
              max_body: 5GiB
              max_bdy: 1MiB
              max_concurrency: many
            tailing:
              from: begin
              max_line: 12 parsecs
              max_line: 1MiB
            sources:
              - format: crio
            nonsense: [1]
            joining: 5
            """);

        Assert.Equal(
            [
                "pipeline.yaml:2: indexing.max_body: 5GiB is above 64MiB",
                "pipeline.yaml:3: indexing.max_bdy: unknown key; did you mean max_body?",
                "pipeline.yaml:4: indexing.max_concurrency: many is not a whole number (digits only)",
                "pipeline.yaml:6: tailing.from: begin is none of start, end",
                "pipeline.yaml:7: tailing.max_line: '12 parsecs' is not a size (a number with B, KiB, MiB, GiB, TiB, KB, MB, GB or TB)",
                "pipeline.yaml:8: tailing.max_line: given twice; first on line 7",
                "pipeline.yaml:10: sources[0].format: crio is none of auto, cri, docker, plain; did you mean cri?",
                "pipeline.yaml:10: sources[0].path: is required",
                "pipeline.yaml:11: nonsense: unknown key; known are sources, tailing, joining, parsing, enrichment, tenancy, indexing, store, ledger, web, cluster",
                "pipeline.yaml:12: joining: expected keys with values (preset, start, continue, end, flush_after, max_lines, max_size), found a single value",
            ],
            faults);
    }

    [Theory]
    [InlineData("tailing: { max_line: 1023B }", "tailing.max_line: 1023B is below 1KiB")]
    [InlineData("tailing: { max_line: 16777217 }", "tailing.max_line: 16777217 is above 16MiB")]
    [InlineData("tailing: { max_line: 1.5B }", "tailing.max_line: 1.5B is not a size")]
    [InlineData("tailing: { max_line: -1KiB }", "tailing.max_line: -1KiB is not a size")]
    [InlineData("tailing: { max_line: 1mib }", "tailing.max_line: 1mib is not a size")]
    [InlineData("tailing: { max_line: 99999999999999TiB }", "tailing.max_line: 99999999999999TiB is not a size")]
    [InlineData("tailing: { max_line: }", "tailing.max_line: expected a size from 1KiB to 16MiB, found nothing")]
    [InlineData("tailing: { max_line: [1MiB] }", "tailing.max_line: expected a size from 1KiB to 16MiB, found a list")]
    [InlineData("tailing: { max_line: { a: 1 } }", "tailing.max_line: expected a size from 1KiB to 16MiB, found keys with values")]
    [InlineData("tailing: { include_own_files: yes }", "tailing.include_own_files: yes is neither true nor false")]
    [InlineData("tailing: [from]", "tailing: expected keys with values")]
    [InlineData("joining: { flush_after: 1 }", "joining.flush_after: 1 is not a duration (a number with ms, s, m, h or d)")]
    [InlineData("joining: { flush_after: 49ms }", "joining.flush_after: 49ms is below 50ms")]
    [InlineData("joining: { flush_after: 61m }", "joining.flush_after: 61m is above 1h")]
    [InlineData("joining: { max_lines: 0 }", "joining.max_lines: 0 is below 1")]
    [InlineData("joining: { max_lines: 99999999999 }", "joining.max_lines: 99999999999 is above 100000")]
    [InlineData("joining: { preset: jva }", "did you mean java?")]
    [InlineData("joining: { start: '(?=x)' }", "joining.start: (?=x) needs backtracking")]
    [InlineData("joining: { start: '(a)\\1' }", "needs backtracking")]
    [InlineData("joining: { start: '((a{200}){200}){200}' }", "is too large")]
    [InlineData("joining: { start: '(a' }", "joining.start: (a is no regular expression: InsufficientClosingParentheses at character 2")]
    [InlineData("sources: /var/log/syslog", "sources: expected a list (each item begins with \"- \"), found a single value")]
    [InlineData("sources: [{ path: logs/*.log }]", "sources[0].path: logs/*.log is not absolute (it must begin with /)")]
    [InlineData("sources: [{ path: '/a[b' }]", "sources[0].path: /a[b: '[' without ']'")]
    [InlineData("sources: [{ path: /a }, { path: /b }, { path: /a }]", "sources[2].path: /a is sources[0] already")]
    [InlineData("enrichment: { fields: { container.labels: x } }", "enrichment.fields.container.labels: container.labels clashes with container.labels, which the pipeline writes itself")]
    [InlineData("enrichment: { fields: { k8s: x } }", "k8s clashes with k8s.cluster.name")]
    [InlineData("enrichment: { fields: { a.b: x, a: y } }", "enrichment.fields.a: a clashes with a.b: one would be a text and an object at once")]
    [InlineData("enrichment: { fields: { a..b: x } }", "a..b is no field's name")]
    [InlineData("enrichment: { fields: { a: x, a: y } }", "enrichment.fields.a: given twice; first on line 1")]
    [InlineData("enrichment: { fields: [a] }", "enrichment.fields: expected names with values, found a list")]
    [InlineData("tenancy: { default: Shop }", "tenancy.default: Shop has 'S'; a tenant's name is lower case letters, digits, - and _")]
    [InlineData("tenancy: { default: -shop }", "tenancy.default: -shop does not begin with a letter or digit")]
    [InlineData("tenancy: { default: '{namespace}' }", "tenancy.default: {namespace} does not begin")]
    [InlineData("tenancy: { rules: [{ namespace: a }] }", "tenancy.rules[0].tenant: is required")]
    [InlineData("tenancy: { rules: [{ tenant: a }] }", "tenancy.rules[0]: says nothing of namespaces; namespace, namespace_label or namespace_annotation is missing")]
    [InlineData("tenancy: { rules: [{ namespace_label: team, tenant: '{label}' }] }", "tenancy.rules[0].namespace_label: only the Kubernetes API tells it; enrichment.kubernetes.enabled is not true")]
    [InlineData("{ enrichment: { kubernetes: { enabled: true } }, tenancy: { rules: [{ namespace_label: team, namespace_annotation: team, tenant: '{label}' }] } }", "tenancy.rules[0].namespace_annotation: namespace_label is given too; one of them")]
    [InlineData("tenancy: { rules: [{ namespace: a, tenant: '{label}' }] }", "tenancy.rules[0].tenant: {label} has the value of namespace_label, which the rule has not got")]
    [InlineData("tenancy: { rules: [{ namespace_label: 'a/b/c', tenant: a }] }", "tenancy.rules[0].namespace_label: 'a/b/c' is no key")]
    [InlineData("enrichment: { kubernetes: { wait: 2h } }", "enrichment.kubernetes.wait: 2h is above 1h")]
    [InlineData("tenancy: { rules: [{ namespace: A, tenant: a }] }", "tenancy.rules[0].namespace: A has 'A'")]
    [InlineData("tenancy: { rules: [{ namespace: a, tenant: '{pod}' }] }", "{pod} has a placeholder other than {namespace}")]
    [InlineData("indexing: { index: 'Logs-{tenant}' }", "indexing.index: Logs-{tenant} has upper case 'L'")]
    [InlineData("indexing: { index: 'logs-{pod}-{day}' }", "logs-{pod}-{day} has {pod}; placeholders are {tenant}, {namespace} and {day}")]
    [InlineData("indexing: { max_body: 4MiB, max_in_flight: 15MiB }", "indexing.max_in_flight: max_in_flight 15MiB is below 16MiB, four times max_body 4MiB")]
    [InlineData("indexing: { max_body: 32MiB }", "indexing.max_body: max_in_flight 32MiB is below 128MiB, four times max_body 32MiB")]
    [InlineData("joining: { preset: java, start: x }", "joining.preset: java together with joining.start")]
    [InlineData("store: { urls: ftp://x }", "store.urls: ftp://x is neither embedded nor an http or https URL")]
    [InlineData("store: { urls: [embedded, 'http://x'] }", "store.urls: embedded together with others")]
    [InlineData("store: { urls: [] }", "store.urls: an empty list")]
    [InlineData("store: { urls: ['http://x', 'http://x'] }", "store.urls: the same URL twice")]
    [InlineData("store: { urls: 'http://x', user: u }", "store.user: u without password_env or password_file")]
    [InlineData("store: { urls: 'http://x', password_env: P }", "store.password_env: a password without user")]
    [InlineData("store: { urls: 'http://x', user: u, password_env: P, password_file: /p }", "store.password_file: password_env is given too")]
    [InlineData("store: { urls: 'http://x', user: u, password_env: P, api_key_env: K }", "store.user: u together with an API key")]
    [InlineData("store: { urls: 'http://x', api_key_env: K, api_key_file: /k }", "store.api_key_file: api_key_env is given too")]
    [InlineData("cluster: { tls: { certificate: /c, key: /k } }", "cluster.tls.certificate: ca is missing beside it")]
    [InlineData("cluster: { tls: { ca: /c } }", "cluster.tls.ca: certificate and key are missing beside it")]
    [InlineData("store: { urls: 'http://x', ca_file: /ca }", "store.ca_file: none of store.urls is an https URL")]
    [InlineData("store: { user: u, password_env: P }", "store.user: the embedded store takes no credentials")]
    [InlineData("store: { embedded: { max_size: 1MiB } }", "store.embedded.max_size: 1MiB is below 64MiB")]
    [InlineData("web: { listen: '5080' }", "web.listen: 5080 is not ADDRESS:PORT")]
    [InlineData("web: { listen: 'example.com:80' }", "web.listen: example.com:80 is not ADDRESS:PORT")]
    [InlineData("5", "expected keys with values")]
    public void A_bad_value_is_named_with_its_bound(string yaml, string expected)
    {
        string fault = Assert.Single(Faults(yaml));

        Assert.StartsWith("pipeline.yaml:1: ", fault);
        Assert.Contains(expected, fault);
    }

    [Theory]
    [InlineData("indexing: { max_body: 5GiB, max_in_flight: 256KiB }")]
    [InlineData("store: { urls: 'http://x', user: u, password_env: 'no name' }")]
    [InlineData("sources: [{ path: /b }, { path: a }]")]
    public void A_bad_value_is_one_fault_and_draws_no_others_after_it(string yaml) => Assert.Single(Faults(yaml));

    [Fact]
    public void A_fault_elsewhere_in_a_section_hides_none() =>
        Assert.Equal(2, Faults("indexing: { idnex: x, max_in_flight: 256KiB }").Count());

    [Theory]
    [InlineData("a: [1\n", 2)]
    [InlineData("tailing:\n\tfrom: end", 2)]
    [InlineData("a: 'x", 1)]
    [InlineData("a: b\n\nc: \0\n", 3)]
    [InlineData("tailing: { from: end }\n---\nweb: {}\n", 2)]
    [InlineData("tailing:\n  from: !str end", 2)]
    [InlineData("tailing: &a\n  from: end\nweb:\n  <<: *a", 4)]
    [InlineData("tailing: *nowhere", 1)]
    [InlineData("tailing: &a\n  from: *a", 2)]
    [InlineData("[1, 2]: x", 1)]
    public void Text_that_is_not_plain_yaml_is_refused_with_its_line(string yaml, int line)
    {
        var fault = Assert.Single(Read(yaml).Faults);

        Assert.Equal(line, fault.Line);
        Assert.Equal("", fault.Key);
        Assert.DoesNotContain("\n", fault.Message);
    }

    [Fact]
    public void Nesting_and_alias_bombs_are_refused()
    {
        string bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + string.Concat(Enumerable.Range(1, 9).Select(i => $"{(char)('a' + i)}: &{(char)('a' + i)} [{string.Join(',', Enumerable.Repeat("*" + (char)('a' + i - 1), 10))}]\n"));
        Assert.Contains("more than 100000 values", Assert.Single(Faults(bomb)));
        Assert.Contains("nested deeper than 32", Assert.Single(Faults(new string('[', 500) + new string(']', 500))));
    }

    [Fact]
    public void Anchors_stand_for_their_values()
    {
        var result = Read("""
            sources:
              - path: /a
                exclude: &common [/x, /y]
              - path: /b
                exclude: *common
            """);

        Assert.Empty(result.Faults);
        Assert.Equal(["/x", "/y"], result.Options.Sources[1].Exclude);
    }

    [Fact]
    public void A_secret_in_the_wrong_place_is_not_shown()
    {
        Assert.DoesNotContain("hunter2", Assert.Single(Faults("store: { urls: 'https://u:hunter2@host' }")));
        Assert.All(Faults("store: { urls: 'https://h', user: u, password_env: 'hunter2!' }"), fault => Assert.DoesNotContain("hunter2", fault));
    }

    [Theory]
    [InlineData("${SIZE}", 3 << 20)]
    [InlineData("${UNSET:-2MiB}", 2 << 20)]
    [InlineData("${EMPTY:-2MiB}", 2 << 20)]
    [InlineData("${SIZE:-2MiB}", 3 << 20)]
    [InlineData("${DIGIT}${EMPTY:-}MiB", 5 << 20)]
    public void Environment_variables_are_put_into_values(string value, int bytes)
    {
        var result = Read($"tailing: {{ max_line: '{value}' }}");

        Assert.Empty(result.Faults);
        Assert.Equal(bytes, result.Options.Tailing.MaxLineBytes);
    }

    [Theory]
    [InlineData("${UNSET:-}")]
    [InlineData("${EMPTY:-}")]
    public void A_key_whose_variable_is_empty_counts_as_not_given(string value)
    {
        ConfigurationResult result = Read($"cluster: {{ positions_env: '{value}' }}\nindexing:\n  max_body: {value}");
        Assert.Empty(result.Faults);
        Assert.Equal((null, new PipelineOptions().Indexing.MaxBodyBytes), (result.Options.Cluster.PositionsEnv, result.Options.Indexing.MaxBodyBytes));
        Assert.Contains("is required", Assert.Single(Read("sources: [{}]").Faults).Message, StringComparison.Ordinal);
        Assert.Single(Read($"sources: [{{ path: '{value}' }}]").Faults);
    }

    [Theory]
    [InlineData("${UNSET}", "the environment variable UNSET is not set; ${UNSET:-default} gives a default")]
    [InlineData("${SIZE", "a reference ${ without its }")]
    [InlineData("${}", "${} names no environment variable")]
    [InlineData("${1A}", "${1A} names no environment variable")]
    [InlineData("${A B}", "'${A B}' names no environment variable")]
    public void A_bad_reference_to_the_environment_is_a_fault(string value, string expected) =>
        Assert.Contains("tailing.max_line: " + expected, Assert.Single(Faults($"tailing: {{ max_line: '{value}' }}")));

    [Fact]
    public void References_can_be_written_literally_and_are_expanded_once()
    {
        Assert.Equal("a${SIZE}b$c", Read("enrichment: { host: 'a$${SIZE}b$c' }").Options.Enrichment.Host);
        Assert.Equal("${SIZE}", Read("enrichment: { host: '${LOOP}' }").Options.Enrichment.Host);
    }

    [Fact]
    public void Flags_win_over_the_file_and_their_faults_name_them()
    {
        var reader = new ConfigurationReader(Environment);
        reader.ReadFile("pipeline.yaml", """
            sources: [{ path: /file }]
            joining: { start: x }
            enrichment: { fields: { a: file, b: file } }
            store: { urls: https://cluster, user: u, password_env: P }
            """);
        reader.ReadSources("--source", ["/one", "/two"], "plain");
        reader.ReadFlag("--joining", "joining", "preset", "java");
        reader.ReadField("--field", "b", "${SIZE}");
        reader.ReadFlag("--store", "store", "urls", "embedded");
        var result = reader.Finish();

        Assert.Empty(result.Faults);
        Assert.Equal([("/one", "plain"), ("/two", "plain")], result.Options.Sources.Select(s => (s.Path, s.Format)));
        Assert.Equal(("java", null), (result.Options.Joining.Preset, result.Options.Joining.Start));
        Assert.Equal(("file", "${SIZE}"), (result.Options.Enrichment.Fields["a"], result.Options.Enrichment.Fields["b"]));

        reader.ReadFlag("--index", "indexing", "index", "Logs");
        reader.ReadFlag("--joining", "joining", "preset", "jva");
        reader.ReadSources("--source", ["x"], null);
        Assert.Equal(
            ["--index: Logs has upper case 'L'; names of indices are lower case",
             "--joining: jva is none of auto, java, dotnet, python, go, node, ruby, php, indented, none; did you mean java?",
             "--source: x is not absolute (it must begin with /)"],
            reader.Finish().Faults.Select(fault => fault.ToString()));
    }

    [Fact]
    public void Random_damage_to_a_file_never_throws_and_faults_lie_inside_it()
    {
        string example = File.ReadAllText(Path.Combine(Repository.Root, "docs/examples/kubernetes-node.yaml"));
        int seed = System.Environment.TickCount;
        var random = new Random(seed);
        const string Alphabet = "\n\t -:[]{}&*!'\"#|>%@,x0${}?<\0é";
        for (int round = 0; round < 2_000; round++)
        {
            char[] text = example.ToCharArray();
            for (int edits = random.Next(1, 6); edits > 0; edits--) text[random.Next(text.Length)] = Alphabet[random.Next(Alphabet.Length)];
            int lines = text.Count(c => c == '\n') + 2;
            foreach (var fault in Read(new string(text)).Faults)
                Assert.True(fault.Line <= lines && !fault.ToString().Contains('\n', StringComparison.Ordinal), $"seed {seed}, round {round}: {fault}");
        }
    }

    private static string? Environment(string name) => name switch { "SIZE" => "3MiB", "DIGIT" => "5", "EMPTY" => "", "LOOP" => "${SIZE}", _ => null };

    private static ConfigurationResult Read(string yaml) => ConfigurationReader.Read(yaml, "pipeline.yaml", Environment);

    private static IEnumerable<string> Faults(string yaml) => Read(yaml).Faults.Select(fault => fault.ToString());
}
