namespace LogPipeline.Tests.Engine;

/// <summary>
/// The inputs of a target in the repository, <c>tests/Fuzzing/corpus/&lt;target&gt;/</c>: what mutation begins with, and every input that once failed
/// (<c>found-*</c>).
/// </summary>
internal static class Corpus
{
    // Built beside the sources: …/tests/Fuzzing/bin/<configuration>/<framework>/.
    private static readonly string Root = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../corpus"));

    public static IReadOnlyList<(string Name, byte[] Bytes)> Of(FuzzTarget target)
    {
        string folder = Path.Combine(Root, target.Name);
        return Directory.Exists(folder) ? [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal).Select(path => (Path.GetFileName(path), File.ReadAllBytes(path)))] : [];
    }

    /// <summary>Keeps a failing input as a regression case; its path.</summary>
    public static string Keep(FuzzTarget target, int seed, byte[] input)
    {
        string path = Path.Combine(Directory.CreateDirectory(Path.Combine(Root, target.Name)).FullName, $"found-{seed}");
        File.WriteAllBytes(path, input);
        return path;
    }
}
