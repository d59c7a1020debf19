using LogPipeline.Sources;
using System.Globalization;
using System.Text;
using LogPipeline.Configuration;
using LogPipeline.Configuration.Values;
using LogPipeline.Observability;

namespace LogPipeline.Local.CommandLine.Summaries;

/// <summary>What a person wants to see once at the start: what is read, where it goes, where the page is. A dozen lines at most.</summary>
public sealed record StartupSummary
{
    private const int MaxSources = 5, MaxNames = 3, MaxGlobWidth = 60;

    /// <summary>What each source has now.</summary>
    public required IReadOnlyList<SourceCount> Sources { get; init; }

    /// <summary>Files that were found and may not be read, with what would help; each named once.</summary>
    public IReadOnlyList<UnreadableFile> Unreadable { get; init; } = [];

    /// <summary>Where records go; see <see cref="Describe"/>.</summary>
    public required string Store { get; init; }

    /// <summary>The index pattern.</summary>
    public required string Index { get; init; }

    public required string StateDirectory { get; init; }

    /// <summary>Bytes that the last run may have sent and that are not durable.</summary>
    public long ReplayBytes { get; init; }

    /// <summary>Where the page is; null when there is none.</summary>
    public string? Page { get; init; }

    /// <summary>The page is at every address of this machine, not only at <see cref="Page"/>.</summary>
    public bool ListensEverywhere { get; init; }

    /// <summary>Where the demo's logs are, which are deleted at its end; null when this is no demo.</summary>
    public string? DemoFolder { get; init; }

    /// <summary>A store in words. No secret is in them.</summary>
    public static string Describe(StoreOptions store) =>
        store.IsEmbedded ? $"embedded store in {store.Embedded.Path} (at most {ByteSize.Approximate(store.Embedded.MaxBytes)}, {Duration.Format(store.Embedded.MaxAge)})"
        : string.Join(", ", store.Urls)
            + (store.User is { } user ? $" as {user}" : store.ApiKeyEnv is not null || store.ApiKeyFile is not null ? " with an API key" : "");

    /// <summary>The lines, each ended by <c>\n</c>.</summary>
    public string Render(TerminalStyle style)
    {
        var text = new StringBuilder();
        text.Append(style.Bold($"pipeline {ProductVersion.Short}")).Append(DemoFolder is null ? "" : $", demo in {DemoFolder}").Append('\n');
        string label = "reads";
        foreach (string line in SourceLines())
        {
            Row(label, line);
            label = "";
        }
        if (Unreadable.Count > 0) UnreadableRows();
        Row("stores", $"{Store}, as {Index}");
        Row("state", StateDirectory);
        if (ReplayBytes > 0) Row("again", $"{ByteSize.Approximate(ReplayBytes)} ({ReplayBytes.ToString("N0", CultureInfo.InvariantCulture)} bytes) that the last run may have sent; what the store has is not sent again");
        if (Page is not null) Row("page", style.Link(Page) + (ListensEverywhere ? " (and by this machine's other addresses)" : ""));
        text.Append(style.Dim(DemoFolder is null ? "  Ctrl-C stops; the next run goes on where this one ends." : "  Ctrl-C stops, and deletes the demo.")).Append('\n');
        return text.ToString();

        void Row(string name, string value) => text.Append("  ").Append(style.Dim(name.PadRight(8))).Append(value).Append('\n');

        void UnreadableRows()
        {
            string files = Unreadable.Count == 1 ? "1 file that may not be read" : $"{Count(Unreadable.Count)} files that may not be read";
            Row("skips", style.Warning($"{files}: {Some(Unreadable.Select(file => file.Path).ToList())}"));
            foreach (string hint in Unreadable.Select(file => file.Hint).Distinct().Take(2)) Row("", hint);
        }
    }

    private IEnumerable<string> SourceLines()
    {
        var present = Sources.Where(source => source.Files > 0).ToList();
        var shown = present.Take(MaxSources).ToList();
        int globs = shown.Select(source => Short(source.Glob).Length).DefaultIfEmpty().Max();
        int files = shown.Select(source => Files(source.Files).Length).DefaultIfEmpty().Max();
        foreach (var source in shown)
            yield return $"{Short(source.Glob).PadRight(globs)}  {Files(source.Files).PadLeft(files)}  {source.Format,-6}  {ByteSize.Approximate(source.SizeBytes),8}";
        if (present.Count > shown.Count)
            yield return $"and {Files(present.Skip(shown.Count).Sum(source => source.Files))} of {Count(present.Count - shown.Count)} more sources";
        var absent = Sources.Where(source => source.Files == 0).Select(source => source.Glob).ToList();
        if (absent.Count > 0) yield return $"{(present.Count == 0 ? "nothing yet; waiting for" : "nothing yet in")} {Some(absent)}";
        else if (Sources.Count == 0) yield return "nothing";
    }

    private static string Some(List<string> names) =>
        string.Join(", ", names.Take(MaxNames).Select(Short)) + (names.Count > MaxNames ? $" and {Count(names.Count - MaxNames)} more" : "");

    private static string Files(int count) => count == 1 ? "1 file " : $"{Count(count)} files";

    private static string Count(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Short(string glob) => glob.Length <= MaxGlobWidth ? glob : string.Concat(glob.AsSpan(0, MaxGlobWidth / 2 - 1), "…", glob.AsSpan(glob.Length - MaxGlobWidth / 2));
}
