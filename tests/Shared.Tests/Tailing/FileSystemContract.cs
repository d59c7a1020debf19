using System.Text;
using LogPipeline.Tailing;

namespace LogPipeline.Tests.Tailing;

/// <summary>What every <see cref="IFileSystem"/> does, over the real one and the one in memory.</summary>
public abstract class FileSystemContract : IDisposable
{
    protected abstract ITestDisk Disk { get; }

    private IFileSystem Files => Disk.Files;

    public void Dispose()
    {
        Disk.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void An_open_file_is_read_to_its_end_after_a_rename_and_a_deletion()
    {
        string path = At("0.log");
        Disk.Write(path, "first"u8);
        using ILogFileHandle handle = Files.Open(path);
        Disk.Rename(path, At("0.log.20261120-155410"));
        Disk.Append(At("0.log.20261120-155410"), " second"u8);
        Assert.Equal("first second", ReadAll(handle));
        Disk.Delete(At("0.log.20261120-155410"));
        Assert.Equal("first second", ReadAll(handle));
        Assert.Equal(0, handle.Stat().Links);
        Assert.Equal(12, handle.Stat().SizeBytes);
    }

    [Fact]
    public void A_rename_keeps_the_identity_and_a_new_file_has_another()
    {
        Disk.Write(At("a"), "x"u8);
        FileStatus before = Files.Stat(At("a"))!.Value;
        Disk.Rename(At("a"), At("b"));
        Disk.Write(At("a"), "y"u8);
        FileStatus after = Files.Stat(At("b"))!.Value;
        Assert.Equal((before.Device, before.Inode, before.BirthNanos), (after.Device, after.Inode, after.BirthNanos));
        Assert.NotEqual(before.Inode, Files.Stat(At("a"))!.Value.Inode);
    }

    [Fact]
    public void Links_are_followed_to_the_file_itself()
    {
        Disk.Write(At("real/0.log"), "x"u8);
        Disk.Symlink(At("to-file"), At("real/0.log"));
        Disk.Symlink(At("to-directory"), "real");
        Disk.HardLink(At("hard"), At("real/0.log"));
        FileStatus real = Files.Stat(At("real/0.log"))!.Value;
        Assert.Equal(2, real.Links);
        Assert.Equal(real, Files.Stat(At("to-file")));
        Assert.Equal(real, Files.Stat(At("to-directory/0.log")));
        Assert.Equal(real.Inode, Files.Stat(At("hard"))!.Value.Inode);
        Assert.Equal(At("real/0.log"), Files.ResolvePath(At("to-file")));
        Assert.Equal(At("real/0.log"), Files.ResolvePath(At("to-directory/0.log")));
        Assert.Equal(At("hard"), Files.ResolvePath(At("hard")));
    }

    [Fact]
    public void What_leads_nowhere_is_null()
    {
        Disk.Write(At("file"), "x"u8);
        Disk.Symlink(At("dangling"), At("missing"));
        Disk.Symlink(At("loop"), At("loop"));
        foreach (string name in (string[])["missing", "missing/below", "file/below", "dangling", "loop", new string('n', 300)])
        {
            if (Disk is InMemoryFileSystem && name.Length == 300) continue;
            Assert.Null(Files.Stat(At(name)));
            Assert.Null(Files.ResolvePath(At(name)));
        }
    }

    [Fact]
    public void A_listing_names_each_kind_once()
    {
        Disk.Write(At("file"), "x"u8);
        Disk.CreateDirectory(At("directory"));
        Disk.Symlink(At("link"), At("directory"));
        Disk.Symlink(At("dangling"), At("missing"));
        Assert.Equal(
            [
                new("dangling", DirectoryItemKind.Link), new("directory", DirectoryItemKind.Directory),
                new("file", DirectoryItemKind.File), new("link", DirectoryItemKind.Link),
            ],
            Files.List(Disk.Root).OrderBy(item => item.Name, StringComparer.Ordinal));
    }

    [Fact]
    public void Missing_things_throw_what_the_contract_says()
    {
        Disk.Write(At("file"), "x"u8);
        Assert.Throws<DirectoryNotFoundException>(() => Files.List(At("missing")));
        Assert.Throws<DirectoryNotFoundException>(() => Files.List(At("file")));
        Assert.Throws<FileNotFoundException>(() => Files.Open(At("missing")));
        Assert.Throws<IOException>(() => Files.Open(Disk.Root));
    }

    [Fact]
    public void Reading_at_and_behind_the_end_gives_nothing()
    {
        Disk.Write(At("file"), "0123456789"u8);
        using ILogFileHandle handle = Files.Open(At("file"));
        byte[] buffer = new byte[4];
        Assert.Equal(4, handle.Read(2, buffer));
        Assert.Equal("2345", Encoding.ASCII.GetString(buffer));
        Assert.Equal(0, handle.Read(10, buffer));
        Assert.Equal(0, handle.Read(1000, buffer));
        Disk.Truncate(At("file"), 3);
        Assert.Equal(3, handle.Stat().SizeBytes);
        Assert.Equal(0, handle.Read(4, buffer));
    }

    [Fact]
    public void A_status_tells_type_size_and_times()
    {
        Disk.Write(At("file"), "12345"u8);
        Disk.SetMode(At("file"), 0x1A4);
        Disk.SetModified(At("file"), new DateTimeOffset(2026, 11, 20, 16, 40, 10, TimeSpan.Zero));
        FileStatus status = Files.Stat(At("file"))!.Value;
        Assert.Equal(5, status.SizeBytes);
        Assert.Equal(1_795_192_810_000_000_000, status.ModifiedNanos);
        Assert.True(status.BirthNanos > 0);
        Assert.Equal(FileStatus.RegularFileMode | 0x1A4, status.Mode);
        Assert.True(status.IsRegular);
        Assert.True(Files.Stat(Disk.Root)!.Value.IsDirectory);
        Assert.False(Files.Stat(Disk.Root)!.Value.IsRegular);
    }

    protected string At(string name) => Path.Join(Disk.Root, name);

    private static string ReadAll(ILogFileHandle handle)
    {
        byte[] buffer = new byte[100];
        int length = 0, read;
        while ((read = handle.Read(length, buffer.AsSpan(length))) > 0) length += read;
        return Encoding.UTF8.GetString(buffer, 0, length);
    }
}
