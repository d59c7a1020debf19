using System.Runtime.InteropServices;
using LogPipeline.Local.CommandLine;

namespace LogPipeline.Tests.CommandLine;

public sealed class StopSignalsTests
{
    private int _killed;

    [Theory]
    [InlineData(0, PosixSignal.SIGTERM)]
    [InlineData(0, PosixSignal.SIGINT)]
    [InlineData(0, PosixSignal.SIGHUP)]
    [InlineData(0, PosixSignal.SIGTERM, PosixSignal.SIGTERM)]
    [InlineData(0, PosixSignal.SIGINT, PosixSignal.SIGTERM)]
    [InlineData(1, PosixSignal.SIGINT, PosixSignal.SIGINT)]
    [InlineData(1, PosixSignal.SIGTERM, PosixSignal.SIGINT)]
    public void The_first_signal_stops_and_only_ctrl_c_once_more_kills(int killed, params PosixSignal[] received)
    {
        using var signals = new StopSignals(() => _killed++);
        Assert.False(signals.Token.IsCancellationRequested);
        foreach (var signal in received) signals.Receive(signal);

        Assert.True(signals.Token.IsCancellationRequested);
        Assert.Equal(killed, _killed);
    }
}
