using System.Diagnostics;
using System.IO.Compression;
using System.Globalization;

namespace LogPipeline.Tests.Writing;

/// <summary>The real logrotate where it is installed, otherwise its steps.</summary>
internal sealed class Logrotate(string workspace, bool copyTruncate, bool delayCompress)
{
    private const int Kept = 99;

    private static readonly string? Program = Array.Find(["/usr/sbin/logrotate", "/usr/bin/logrotate", "/sbin/logrotate"], File.Exists);

    /// <summary>Whether rotations are the real program's.</summary>
    public static bool IsReal => Program is not null;

    public void Run(string live)
    {
        if (Program is null)
        {
            Imitate(live);
            return;
        }
        string name = Path.Combine(workspace, Path.GetFileName(live)), configuration = name + ".conf";
        File.WriteAllText(configuration, $"{live} {{\n  rotate {Kept}\n  compress\n{(delayCompress ? "  delaycompress\n" : "")}  {(copyTruncate ? "copytruncate" : "create")}\n}}\n");
        File.SetUnixFileMode(configuration, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using Process run = Process.Start(new ProcessStartInfo(Program, ["--force", "--state", name + ".status", configuration]) { RedirectStandardError = true })!;
        string errors = run.StandardError.ReadToEnd();
        run.WaitForExit();
        Assert.True(run.ExitCode == 0, errors);
    }

    /// <summary>All but the youngest.</summary>
    public static void DeleteRotated(string live)
    {
        for (int number = 2; number <= Kept; number++) File.Delete(Numbered(live, number) + ".gz");
    }

    private void Imitate(string live)
    {
        if (File.Exists(Numbered(live, 1))) Compress(Numbered(live, 1));
        for (int number = Kept; number > 0; number--)
            if (File.Exists(Numbered(live, number) + ".gz")) File.Move(Numbered(live, number) + ".gz", Numbered(live, number + 1) + ".gz");
        if (copyTruncate)
        {
            File.Copy(live, Numbered(live, 1));
            using var truncated = new FileStream(live, FileMode.Truncate, FileAccess.Write, FileShare.ReadWrite);
        }
        else
        {
            File.Move(live, Numbered(live, 1));
            File.Create(live).Dispose();
        }
        if (!delayCompress) Compress(Numbered(live, 1));
    }

    private static void Compress(string path)
    {
        using (FileStream from = File.OpenRead(path))
        using (var to = new GZipStream(File.Create(path + ".gz"), CompressionLevel.Fastest)) from.CopyTo(to);
        File.Delete(path);
    }

    private static string Numbered(string live, int number) => string.Create(CultureInfo.InvariantCulture, $"{live}.{number}");
}
