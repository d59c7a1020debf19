namespace LogPipeline.Tests.Kubernetes.Autoscaling;

/// <summary>The tables and plots of docs/autoscaling.md: with UPDATE_DOCS=1 they are written, otherwise they have to be there already.</summary>
internal static class ScalingReport
{
    private const string Page = "docs/autoscaling.md";

    /// <param name="table">In place of the table of the page that begins with the same line.</param>
    public static void AssertTable(string table)
    {
        string page = Repository.Text(Page);
        int begin = page.IndexOf(table[..table.IndexOf('\n', StringComparison.Ordinal)], StringComparison.Ordinal);
        Assert.True(begin >= 0, $"{Page} has no table that begins as this one does:\n{table}");
        int end = page.IndexOf("\n\n", begin, StringComparison.Ordinal) + 1;
        AssertCurrent(Page, page[..begin] + table + page[end..]);
    }

    public static void AssertCurrent(string file, string text)
    {
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1") File.WriteAllText(Repository.FullPath(file), text);
        Assert.Equal(text, Repository.Text(file));
    }
}
