using System.ComponentModel;
using System.Diagnostics;

namespace LogPipeline.Tests.Tidy;

/// <summary>The files of the repository: what is tracked, or would be on the next <c>git add</c>. Paths are relative, with slashes.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static IReadOnlyList<string> Files { get; } = [.. ListFiles().Where(file => File.Exists(FullPath(file))).Order(StringComparer.Ordinal)];

    public static IReadOnlyList<string> Sources { get; } = [.. Files.Where(file => file.EndsWith(".cs", StringComparison.Ordinal))];

    public static IReadOnlyList<string> Projects { get; } = [.. Files.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal))];

    public static string FullPath(string file) => Path.Combine(Root, file);

    public static string Text(string file) => File.ReadAllText(FullPath(file));

    public static string[] Lines(string file) => File.ReadAllLines(FullPath(file));

    /// <summary>The folder that a file lies in; empty at the top.</summary>
    public static string FolderOf(string file) => Path.GetDirectoryName(file)!.Replace('\\', '/');

    /// <summary>A path that is written relative to a folder, relative to the root.</summary>
    public static string Resolve(string folder, string relative) =>
        Path.GetRelativePath(Root, Path.GetFullPath(Path.Combine(Root, folder, relative.Replace('\\', '/')))).Replace('\\', '/');

    public static bool Exists(string path) => File.Exists(FullPath(path)) || Directory.Exists(FullPath(path));

    private static string FindRoot()
    {
        string? directory = AppContext.BaseDirectory;
        while (directory is not null && !File.Exists(Path.Combine(directory, "Pipeline.sln"))) directory = Path.GetDirectoryName(directory);
        return directory ?? throw new DirectoryNotFoundException("The tests run inside the repository.");
    }

    private static IEnumerable<string> ListFiles() => ListWithGit() ?? ListFolders();

    /// <summary>Null where there is no git, or no repository but its files.</summary>
    private static string[]? ListWithGit()
    {
        var start = new ProcessStartInfo("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using Process git = Process.Start(start)!;
            git.ErrorDataReceived += (_, _) => { };
            git.BeginErrorReadLine();
            string names = git.StandardOutput.ReadToEnd();
            git.WaitForExit();
            return git.ExitCode == 0 ? names.Split('\0', StringSplitOptions.RemoveEmptyEntries) : null;
        }
        catch (Win32Exception)
        {
            return null; // no git here: the folders say it, less what is never tracked
        }
    }

    private static IEnumerable<string> ListFolders() =>
        Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Where(file => !file.Split('/').Any(part => part is "bin" or "obj" or ".git" or ".vs" or ".idea"));
}
