using LogPipeline.Tailing;

namespace LogPipeline.Tests.Tailing;

/// <summary>A place that tests write to and the code under test reads from. Paths are absolute, below <see cref="Root"/>.</summary>
public interface ITestDisk : IDisposable
{
    IFileSystem Files { get; }

    /// <summary>An existing directory, links resolved.</summary>
    string Root { get; }

    /// <summary>Creates a directory and its parents.</summary>
    void CreateDirectory(string path);

    /// <summary>Creates or overwrites a file in place (the inode stays), parents included.</summary>
    void Write(string path, ReadOnlySpan<byte> content);

    void Append(string path, ReadOnlySpan<byte> content);

    /// <summary>Cuts or extends a file in place.</summary>
    void Truncate(string path, long size);

    /// <summary>rename(2): replaces a file at <paramref name="to"/>.</summary>
    void Rename(string from, string to);

    void Delete(string path);

    /// <summary>Deletes a directory and all beneath it.</summary>
    void DeleteDirectory(string path);

    void Symlink(string path, string target);

    void HardLink(string path, string existing);

    /// <summary>Sets the permission bits. The in-memory disk is read by a user that owns nothing.</summary>
    void SetMode(string path, int mode);

    void SetModified(string path, DateTimeOffset time);
}
