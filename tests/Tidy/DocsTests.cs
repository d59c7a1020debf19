using System.Text;
using System.Text.RegularExpressions;

namespace LogPipeline.Tests.Tidy;

public sealed partial class DocsTests
{
    private static readonly string[] MetricsSources = ["src/Shared/Observability/PipelineMetrics.cs", "src/Local/Observability/ProcessMetrics.cs"];
    private const string MetricsDoc = "docs/metrics.md";

    [Fact]
    public void Every_link_leads_somewhere()
    {
        Violations.AssertNone(
            from doc in Docs()
            from Match link in Link().Matches(WithoutCode(Repository.Text(doc)))
            let target = link.Groups[1].Value
            where !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal)
            let parts = target.Split('#', 2)
            let file = parts[0].Length == 0 ? doc : Repository.Resolve(Repository.FolderOf(doc), Uri.UnescapeDataString(parts[0]))
            where !Repository.Exists(file) || (parts.Length == 2 && file.EndsWith(".md", StringComparison.Ordinal) && !Anchors(file).Contains(parts[1]))
            select $"{doc}: {target}",
            "A link to nothing");
    }

    [Fact]
    public void Every_path_that_the_docs_name_is_there()
    {
        Violations.AssertNone(
            from doc in Docs()
            from Match path in NamedPath().Matches(Repository.Text(doc))
            let name = path.Groups[1].Value.TrimEnd('/', '.')
            where !Repository.Exists(name)
            select $"{doc}: {name}",
            "A path to nothing");
    }

    [Fact]
    public void The_metrics_page_lists_exactly_the_metrics_that_exist()
    {
        string[] defined = [.. MetricsSources.SelectMany(source => MetricLiteral().Matches(Repository.Text(source))).Select(m => ExposedSuffix().Replace(m.Groups[1].Value, "")).Distinct().Order(StringComparer.Ordinal)];
        Assert.NotEmpty(defined);
        if (!Repository.Exists(MetricsDoc)) return;

        // Counters are exposed with _total, histograms as three series.
        string[] documented = [.. MetricName().Matches(Repository.Text(MetricsDoc)).Select(m => ExposedSuffix().Replace(m.Value, "")).Distinct().Order(StringComparer.Ordinal)];
        Violations.AssertNone(defined.Except(documented), $"Not in {MetricsDoc}");
        Violations.AssertNone(documented.Except(defined), $"In {MetricsDoc}, but nowhere else");
    }

    private static IEnumerable<string> Docs() => Repository.Files.Where(file => file.EndsWith(".md", StringComparison.Ordinal));

    /// <summary>The anchors that GitHub gives a page's headings.</summary>
    private static HashSet<string> Anchors(string file)
    {
        var anchors = new HashSet<string>();
        foreach (Match heading in Heading().Matches(WithoutFences(Repository.Text(file))))
        {
            var anchor = new StringBuilder();
            foreach (char c in heading.Groups[1].Value.Trim().ToLowerInvariant())
            {
                if (char.IsLetterOrDigit(c) || c is '-' or '_') anchor.Append(c);
                else if (c == ' ') anchor.Append('-');
            }

            string unique = anchor.ToString();
            for (int again = 1; !anchors.Add(unique); again++) unique = $"{anchor}-{again}";
        }

        return anchors;
    }

    private static string WithoutFences(string text) => Fence().Replace(text, "");

    private static string WithoutCode(string text) => CodeSpan().Replace(WithoutFences(text), "");

    [GeneratedRegex(@"\]\(\s*<?([^)\s>]+)>?(?:\s+""[^""]*"")?\s*\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#{1,6}\s+(.+?)\s*#*\s*$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^(```|~~~).*?^\1", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex("`[^`\n]*`")]
    private static partial Regex CodeSpan();

    /// <summary>A code span that is a path from the root, without blanks, wildcards or placeholders.</summary>
    [GeneratedRegex(@"`((?:src|tests|docs|k8s|\.ci|\.github)/[\w./-]+)`")]
    private static partial Regex NamedPath();

    [GeneratedRegex("\"(logpipeline_[a-z0-9_]+)\"")]
    private static partial Regex MetricLiteral();

    [GeneratedRegex(@"\blogpipeline_[a-z0-9_]*[a-z0-9]\b")]
    private static partial Regex MetricName();

    [GeneratedRegex("_(total|bucket|sum|count)$")]
    private static partial Regex ExposedSuffix();
}
