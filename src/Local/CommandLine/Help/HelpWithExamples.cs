using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace LogPipeline.Local.CommandLine.Help;

/// <summary>The library's help, and under it examples of the command.</summary>
internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    private const string RunExamples = """
          pipeline                                        what this machine has, into the embedded store
          pipeline --demo                                 a small cluster's logs, to look around
          pipeline --source '/srv/app/**/*.log' --joining java
          pipeline --store https://opensearch:9200 --config pipeline.yaml
          pipeline --source '/tmp/*.log' --until-idle 2   store what is there, then stop
        """;

    private static readonly Dictionary<string, string> Examples = new()
    {
        ["run"] = RunExamples,
        ["validate"] = """
              pipeline validate --config pipeline.yaml
            """,
        ["audit"] = """
              pipeline audit
              pipeline audit --config pipeline.yaml --deep
            """,
        ["context"] = """
              pipeline context 1Zb0cXk3v9QmB2r7sT5uWyAAAAAABN4 -C 20
              pipeline context /var/log/pods/shop_cart-1_0a1b/app/0.log:18240 -B 50 -A 0
            """,
        ["bench"] = """
              pipeline bench
              pipeline bench --size 1GiB --files 20 --joining none --parse none
              pipeline bench --source '/var/log/pods/shop_*/*/*.log'
            """,
        ["explain"] = """
              pipeline explain /var/log/pods/shop_cart-1_0a1b/app/0.log:18240
              pipeline explain 1Zb0cXk3v9QmB2r7sT5uWyAAAAAABN4 --config pipeline.yaml
            """,
        ["setup"] = """
              pipeline setup --config pipeline.yaml --dashboards https://dashboards:5601
            """,
    };

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        int code = help.Invoke(parseResult);
        string? examples = parseResult.CommandResult == parseResult.RootCommandResult ? RunExamples : Examples.GetValueOrDefault(parseResult.CommandResult.Command.Name);
        if (examples is null) return code;
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        output.WriteLine(examples);
        output.WriteLine();
        return code;
    }
}
