namespace LogPipeline.Tests.Formats;

/// <summary>The recorded container logs in <c>tests/recorded/logs</c> (its README says what they are).</summary>
internal static class RecordedLogs
{
    public static string Root { get; } = Path.Combine(RepositoryRoot(), "tests", "recorded", "logs");

    /// <summary>Scenario and container of every recording that consists of one file.</summary>
    public static TheoryData<string, string> SingleFiles()
    {
        var data = new TheoryData<string, string>();
        foreach (string file in Directory.EnumerateFiles(Root, "0.log", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string container = Path.GetDirectoryName(file)!;
            data.Add(Path.GetRelativePath(Root, file).Split(Path.DirectorySeparatorChar)[0], Path.GetFileName(container));
        }

        return data;
    }

    public static byte[] SingleFile(string scenario, string container)
    {
        string pod = Assert.Single(Directory.GetDirectories(Path.Combine(Root, scenario, "var-log-pods")));
        return File.ReadAllBytes(Path.Combine(pod, container, "0.log"));
    }

    /// <summary>The files that existed, in order of creation, with or without the compressed ones.</summary>
    public static string[] History(string scenario, string container, bool compressed) =>
        [.. Directory.EnumerateFiles(Path.Combine(Root, scenario, "history", container))
            .Where(file => compressed == file.EndsWith(".gz", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    /// <summary>What the process wrote, less the CR that the runtime drops before each LF.</summary>
    public static byte[] Expected(string scenario, string container, string stream)
    {
        byte[] written = File.ReadAllBytes(Path.Combine(Root, scenario, "expected", container, stream));
        return [.. written.Where((b, i) => b != '\r' || i + 1 == written.Length || written[i + 1] != '\n')];
    }

    private static string RepositoryRoot()
    {
        string? directory = AppContext.BaseDirectory;
        while (directory is not null && !File.Exists(Path.Combine(directory, "Pipeline.sln"))) directory = Path.GetDirectoryName(directory);
        return directory ?? throw new DirectoryNotFoundException("The tests run inside the repository.");
    }
}
