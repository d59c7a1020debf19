using LogPipeline.Local.CommandLine.Summaries;
using LogPipeline.Local.CommandLine;
using LogPipeline.Local.Observability;
using LogPipeline.Observability;
using LogPipeline.Tests.Demo;

namespace LogPipeline.Tests.Observability;

public sealed class ConsoleLogTests : IDisposable
{
    private readonly StringWriter _output = new();

    public void Dispose() => _output.Dispose();

    [Theory]
    [InlineData(ConsoleLogForm.Terminal, PipelineLogLevel.Warning, "16:40:10 WARN  tenant_held shop waits\n")]
    [InlineData(ConsoleLogForm.Terminal, PipelineLogLevel.Error, "16:40:10 ERROR tenant_held shop waits\n")]
    [InlineData(ConsoleLogForm.Stream, PipelineLogLevel.Info, "2026-11-20T16:40:10.250Z INFO tenant_held shop waits\n")]
    [InlineData(ConsoleLogForm.Journal, PipelineLogLevel.Info, "<6>tenant_held shop waits\n")]
    [InlineData(ConsoleLogForm.Journal, PipelineLogLevel.Warning, "<4>tenant_held shop waits\n")]
    [InlineData(ConsoleLogForm.Journal, PipelineLogLevel.Error, "<3>tenant_held shop waits\n")]
    public void An_event_has_the_form_its_reader_expects(ConsoleLogForm form, PipelineLogLevel level, string line)
    {
        Log(form).Write(level, "tenant_held", "shop waits");
        Assert.Equal(line, _output.ToString());
    }

    [Fact]
    public void An_event_is_one_line_and_steers_no_terminal()
    {
        Log(ConsoleLogForm.Journal).Write(PipelineLogLevel.Error, "x", "a\r\n<0>b\e[2Jc");
        Assert.Equal("<3>x a  <0>b [2Jc\n", _output.ToString());
    }

    [Fact]
    public void A_reader_that_is_gone_stops_nothing()
    {
        var log = Log(ConsoleLogForm.Stream);
        _output.Dispose();
        log.Write(PipelineLogLevel.Error, "x", "y");
    }

    private ConsoleLog Log(ConsoleLogForm form) => new(_output, new ManualTime(new DateTimeOffset(2026, 11, 20, 16, 40, 10, 250, TimeSpan.Zero)), form, TerminalStyle.Plain);
}
