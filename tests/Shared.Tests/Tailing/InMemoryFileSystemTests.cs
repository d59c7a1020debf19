using LogPipeline.Tailing;

namespace LogPipeline.Tests.Tailing;

public sealed class InMemoryFileSystemTests : FileSystemContract
{
    private readonly InMemoryFileSystem _disk = new();

    protected override ITestDisk Disk => _disk;

    [Fact]
    public void A_freed_inode_is_given_out_again_only_when_no_handle_holds_it()
    {
        _disk.ReuseInodes = true;
        _disk.Write(At("a"), "x"u8);
        ulong inode = _disk.Stat(At("a"))!.Value.Inode;
        ILogFileHandle handle = _disk.Open(At("a"));
        _disk.Delete(At("a"));
        _disk.Write(At("b"), "y"u8);
        Assert.NotEqual(inode, _disk.Stat(At("b"))!.Value.Inode);
        handle.Dispose();
        _disk.Write(At("c"), "z"u8);
        Assert.Equal(inode, _disk.Stat(At("c"))!.Value.Inode);
        Assert.Equal(0, _disk.OpenHandles);
    }

    [Fact]
    public void It_fails_and_tears_on_demand()
    {
        _disk.Write(At("a"), "0123456789"u8);
        _disk.MaxReadBytes = 3;
        using ILogFileHandle handle = _disk.Open(At("a"));
        Assert.Equal(3, handle.Read(0, new byte[10]));
        _disk.Fault = (operation, path) => operation == FileOperation.Read && path.EndsWith("/a", StringComparison.Ordinal) ? new IOException("torn") : null;
        Assert.Equal("torn", Assert.Throws<IOException>(() => handle.Read(0, new byte[10])).Message);
        _disk.SetMode(At("a"), 0);
        Assert.Throws<UnauthorizedAccessException>(() => _disk.Open(At("a")));
    }
}
