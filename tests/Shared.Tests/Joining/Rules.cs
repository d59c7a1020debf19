using LogPipeline.Configuration;
using LogPipeline.Joining;

namespace LogPipeline.Tests.Joining;

internal static class Rules
{
    public static JoiningRule Of(
        string preset = "auto", int maxLines = 2_000, int maxBytes = 1 << 20, int maxLineBytes = 1 << 20, double flushAfterSeconds = 1,
        string? start = null, string? next = null, string? end = null) =>
        JoiningRule.Create(new JoiningOptions
        {
            Preset = preset, MaxLines = maxLines, MaxBytes = maxBytes, FlushAfter = TimeSpan.FromSeconds(flushAfterSeconds),
            Start = start, Continue = next, End = end,
        }, maxLineBytes);
}
