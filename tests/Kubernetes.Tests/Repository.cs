namespace LogPipeline.Tests.Kubernetes;

/// <summary>The repository that the tests run in.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string FullPath(string path) => Path.Combine(Root, path);

    public static string Text(string path) => File.ReadAllText(FullPath(path));

    private static string FindRoot()
    {
        string? directory = AppContext.BaseDirectory;
        while (directory is not null && !File.Exists(Path.Combine(directory, "Pipeline.sln"))) directory = Path.GetDirectoryName(directory);
        return directory ?? throw new DirectoryNotFoundException("The tests run inside the repository.");
    }
}
