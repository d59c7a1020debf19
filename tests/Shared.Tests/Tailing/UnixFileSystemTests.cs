using System.Diagnostics;
using System.Runtime.InteropServices;
using LogPipeline.Tailing;

namespace LogPipeline.Tests.Tailing;

public sealed partial class UnixFileSystemTests : FileSystemContract
{
    private readonly RealDisk _disk = new();

    protected override ITestDisk Disk => _disk;

    [Fact]
    public void A_pipe_in_a_logs_place_is_refused_without_waiting_for_its_writer()
    {
        Run("mkfifo", At("pipe"));
        Assert.Contains("no regular file", Assert.Throws<IOException>(() => _disk.Files.Open(At("pipe"))).Message, StringComparison.Ordinal);
        Assert.False(_disk.Files.Stat(At("pipe"))!.Value.IsRegular);
        Assert.Equal(DirectoryItemKind.Other, Assert.Single(_disk.Files.List(_disk.Root)).Kind);
    }

    [Fact]
    public void A_name_that_is_not_UTF8_is_listed_with_replacements_and_leads_nowhere()
    {
        Run("sh", "-c", $"touch \"$(printf '{_disk.Root}/bad\\377.log')\"");
        string name = Assert.Single(_disk.Files.List(_disk.Root)).Name;
        Assert.Equal("bad\uFFFD.log", name);
        Assert.Null(_disk.Files.Stat(At(name)));
        Run("sh", "-c", $"rm {_disk.Root}/bad*");
    }

    [Fact]
    public void The_status_agrees_with_stat()
    {
        _disk.Write(At("file"), "x"u8);
        FileStatus status = _disk.Files.Stat(At("file"))!.Value;
        string[] expected = Run("stat", "-c", "%i %Y %h %u %g %f %W", At("file")).Split(' ');
        Assert.Equal(expected[0], $"{status.Inode}");
        Assert.Equal(expected[1], $"{status.ModifiedNanos / 1_000_000_000}");
        Assert.Equal(expected[2], $"{status.Links}");
        Assert.Equal(expected[3], $"{status.UserId}");
        Assert.Equal(expected[4], $"{status.GroupId}");
        Assert.Equal(expected[5], $"{status.Mode:x}");
        Assert.Equal(expected[6].TrimEnd(), $"{status.BirthNanos / 1_000_000_000}");
    }

    [Fact]
    public void What_may_not_be_read_is_refused_as_such()
    {
        _disk.Write(At("secret.log"), "x"u8);
        _disk.SetMode(At("secret.log"), 0);
        _disk.CreateDirectory(At("closed"));
        _disk.SetMode(At("closed"), 0);
        using (new Nobody())
        {
            Assert.Throws<UnauthorizedAccessException>(() => _disk.Files.Open(At("secret.log")));
            Assert.Throws<UnauthorizedAccessException>(() => _disk.Files.List(At("closed")));
            Assert.Throws<UnauthorizedAccessException>(() => _disk.Files.Stat(At("closed/file")));
            Assert.Throws<UnauthorizedAccessException>(() => _disk.Files.ResolvePath(At("closed/file")));
        }

        _disk.SetMode(At("closed"), 0x1ED);
    }

    [Fact]
    public void A_lock_that_a_writer_holds_is_neither_awaited_nor_taken()
    {
        _disk.Write(At("locked.log"), "x"u8);
        using var writer = new FileStream(At("locked.log"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        using ILogFileHandle handle = _disk.Files.Open(At("locked.log"));
        Assert.Equal(1, handle.Read(0, new byte[1]));
        writer.Dispose();
        using var exclusive = new FileStream(At("locked.log"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
    }

    private static string Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }

    /// <summary>This thread reads files as a user without rights while it lives (root too); others are as they were.</summary>
    private sealed partial class Nobody : IDisposable
    {
        private readonly int _user = SetFileSystemUser(65534);

        public void Dispose() => _ = SetFileSystemUser(_user);

        [LibraryImport("libc", EntryPoint = "setfsuid")]
        private static partial int SetFileSystemUser(int user);
    }
}
