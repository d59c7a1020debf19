namespace LogPipeline.Tests.Tidy;

internal static class Violations
{
    /// <summary>Fails with every violation, one a line.</summary>
    public static void AssertNone(IEnumerable<string> violations, string rule)
    {
        string[] found = [.. violations];
        if (found.Length > 0) Assert.Fail($"{rule}:\n  {string.Join("\n  ", found)}");
    }
}
