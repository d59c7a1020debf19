using System.CommandLine;
using System.CommandLine.Invocation;
using LogPipeline.Observability;

namespace LogPipeline.Local.CommandLine.Help;

/// <summary>What <c>version</c> and <c>--version</c> do.</summary>
internal sealed class PrintVersion : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        parseResult.InvocationConfiguration.Output.WriteLine(ProductVersion.Long);
        return ExitCode.Success;
    }
}
