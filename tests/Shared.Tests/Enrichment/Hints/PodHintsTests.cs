using LogPipeline.Enrichment.Hints;
using LogPipeline.Enrichment.Pods;

namespace LogPipeline.Tests.Enrichment.Hints;

/// <summary>What Pods say of their own logs, in the project's words and in others'.</summary>
public sealed class PodHintsTests
{
    [Theory]
    [InlineData("logpipeline.io/exclude", "true", true)]
    [InlineData("logpipeline.io/exclude", "false", false)]
    [InlineData("logpipeline.io/exclude.app", "true", true)]
    [InlineData("logpipeline.io/exclude.proxy", "true", null)]
    [InlineData("fluentbit.io/exclude", "true", true)]
    [InlineData("fluentbit.io/exclude-app", "true", true)]
    [InlineData("fluentbit.io/exclude-proxy", "true", null)]
    [InlineData("co.elastic.logs/enabled", "false", true)]
    [InlineData("co.elastic.logs/enabled", "true", false)]
    [InlineData("co.elastic.logs/disable", "true", true)]
    [InlineData("co.elastic.logs.app/enabled", "false", true)]
    [InlineData("co.elastic.logs.proxy/enabled", "false", null)]
    [InlineData("vector.dev/exclude", "true", true)]
    [InlineData("vector.dev/exclude-containers", "proxy, app", true)]
    [InlineData("vector.dev/exclude-containers", "proxy", null)]
    public void Logs_are_left_out_where_an_annotation_says_so(string key, string value, bool? excluded)
    {
        PodHints hints = PodHints.Of(Pod((key, value)));
        Assert.Equal(excluded, hints.For("app").Exclude);
        Assert.Empty(hints.Problems);
    }

    [Fact]
    public void Vectors_label_leaves_the_whole_pod_out() =>
        Assert.True(PodHints.Of(Pod() with { Labels = new Dictionary<string, string> { ["vector.dev/exclude"] = "true" } }).For("proxy").Exclude);

    [Theory]
    [InlineData("logpipeline.io/parser", "json", "json")]
    [InlineData("logpipeline.io/parser.app", "none", "none")]
    [InlineData("fluentbit.io/parser", "json", "json")]
    [InlineData("fluentbit.io/parser-app", "docker", "json")]
    [InlineData("co.elastic.logs/json.keys_under_root", "true", "json")]
    public void A_parser_is_chosen_by_its_name_here_or_elsewhere(string key, string value, string parser) => Assert.Equal(parser, PodHints.Of(Pod((key, value))).For("app").Parser);

    [Theory]
    [InlineData("logpipeline.io/joining", "java", "preset java")]
    [InlineData("logpipeline.io/joining.app", "start=^\\d{4}-", "start ^\\d{4}-")]
    [InlineData("logpipeline.io/joining", "continue=^ +", "continue ^ +")]
    [InlineData("logpipeline.io/joining", "end=;$", "end ;$")]
    public void Joining_is_a_preset_or_one_pattern(string key, string value, string said) => Assert.Equal(said, Joining(PodHints.Of(Pod((key, value))).For("app")));

    [Theory]
    [InlineData("true", "after", "start ^\\[")]
    [InlineData("false", "after", "continue ^\\[")]
    [InlineData("true", "before", "end ^\\[")]
    public void Filebeats_multiline_is_the_pattern_that_joins_the_same_lines(string negate, string match, string said) =>
        Assert.Equal(said, Joining(PodHints.Of(Pod(("co.elastic.logs/multiline.pattern", "^\\["), ("co.elastic.logs/multiline.negate", negate), ("co.elastic.logs/multiline.match", match))).For("app")));

    [Fact]
    public void What_is_said_of_a_container_wins_over_the_pod_and_the_projects_own_words_over_others()
    {
        PodHints hints = PodHints.Of(Pod(("logpipeline.io/exclude", "true"), ("logpipeline.io/exclude.app", "false"), ("fluentbit.io/parser-app", "json"), ("logpipeline.io/parser", "none")));
        Assert.False(hints.For("app").Exclude);
        Assert.True(hints.For("proxy").Exclude);
        Assert.Equal("none", hints.For("app").Parser);
    }

    [Fact]
    public void Log_pilots_variables_choose_a_parser()
    {
        PodMetadata pod = Pod() with { Containers = [Container("app", ("aliyun_logs_all", "stdout"), ("aliyun_logs_all_format", "json"))] };
        PodHints hints = PodHints.Of(pod);
        Assert.Equal("json", hints.For("app").Parser);
        Assert.Empty(hints.Problems);
    }

    [Theory]
    [InlineData("logpipeline.io/exclude", "yes", "logpipeline.io/exclude is 'yes', which is neither true nor false")]
    [InlineData("logpipeline.io/exclude.ap", "true", "logpipeline.io/exclude.ap names a container 'ap', which the Pod has not got")]
    [InlineData("logpipeline.io/parser", "xml", "logpipeline.io/parser is 'xml'; parsers are auto, json, none")]
    [InlineData("logpipeline.io/joining", "cobol", "logpipeline.io/joining cannot be used: joining.preset 'cobol'")]
    [InlineData("logpipeline.io/joining", "start=(", "logpipeline.io/joining cannot be used")]
    [InlineData("logpipeline.io/tenant", "other", "logpipeline.io/tenant is none of exclude, parser, joining and files")]
    [InlineData("fluentbit.io/parser", "nginx", "fluentbit.io/parser names a parser 'nginx' of Fluent Bit's configuration")]
    [InlineData("fluentbit.io/parser_stdout", "json", "fluentbit.io/parser_stdout has no equivalent here")]
    [InlineData("co.elastic.logs/module", "nginx", "co.elastic.logs/module has no equivalent here")]
    [InlineData("co.elastic.logs/multiline.match", "after", "co.elastic.logs/multiline has no equivalent here in this combination")]
    public void What_cannot_be_followed_is_named_and_changes_nothing(string key, string value, string problem)
    {
        PodHints hints = PodHints.Of(Pod((key, value)));
        Assert.StartsWith(problem, Assert.Single(hints.Problems), StringComparison.Ordinal);
        ContainerHints said = hints.For("app");
        Assert.Null(said.Exclude);
        Assert.Null(said.Parser);
        Assert.Null(said.Joining);
    }

    [Fact]
    public void A_pattern_is_not_longer_than_anybody_needs() =>
        Assert.Contains("600 characters; 512 are allowed", Assert.Single(PodHints.Of(Pod(("logpipeline.io/joining", "start=" + new string('a', 600)))).Problems), StringComparison.Ordinal);

    private static string Joining(ContainerHints hints) => hints.Joining switch
    {
        { Start: { } start } => $"start {start}",
        { Continue: { } next } => $"continue {next}",
        { End: { } end } => $"end {end}",
        { } preset => $"preset {preset.Preset}",
        null => "nothing",
    };

    private static PodMetadata Pod(params (string Key, string Value)[] annotations) => new()
    {
        Uid = "u", Namespace = "shop", Name = "cart", Annotations = annotations.ToDictionary(annotation => annotation.Key, annotation => annotation.Value), Containers = [Container("app"), Container("proxy")],
    };

    private static PodContainer Container(string name, params (string Name, string Value)[] environment) => new() { Name = name, Environment = environment.ToDictionary(variable => variable.Name, variable => variable.Value) };
}
