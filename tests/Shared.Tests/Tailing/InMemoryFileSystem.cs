using LogPipeline.Tailing;

namespace LogPipeline.Tests.Tailing;

/// <summary>
/// A file system in memory with the semantics that log rotation depends on: inodes, hard and symbolic links, open handles that outlive
/// their names. It fails on demand (<see cref="Fault"/>), tears reads (<see cref="MaxReadBytes"/>) and gives inode numbers out again
/// (<see cref="ReuseInodes"/>). Its clock moves by a microsecond with every change, and where a test sets it. The reader owns no file
/// and is in no group: the permission bits of others decide. Safe for several threads.
/// </summary>
public sealed class InMemoryFileSystem : IFileSystem, ITestDisk
{
    private const ulong Device = 0x0000_0008_0000_0001;
    private const int MostLinks = 40;
    private readonly Lock _gate = new();
    private readonly SortedSet<ulong> _free = [];
    private readonly Node _top;
    private ulong _lastInode = 1;

    public InMemoryFileSystem()
    {
        _top = NewNode(NodeKind.Directory);
        Root = "/disk";
        CreateDirectory(Root);
    }

    public IFileSystem Files => this;

    public string Root { get; }

    /// <summary>The next free number is the lowest one that was given up, as on ext4; otherwise numbers are never given twice.</summary>
    public bool ReuseInodes { get; set; }

    /// <summary>False: birth times are 0, as on file systems without them.</summary>
    public bool HasBirthTimes { get; set; } = true;

    /// <summary>The most that one read returns.</summary>
    public int MaxReadBytes { get; set; } = int.MaxValue;

    /// <summary>Asked before every call with the path; the exception that it returns is thrown.</summary>
    public Func<FileOperation, string, Exception?>? Fault { get; set; }

    /// <summary>Told after every change of a name, and of a file's content from one whole to another.</summary>
    public Action? Changed { get; set; }

    /// <summary>Nanoseconds since the Unix epoch.</summary>
    public long NowNanos { get; set; } = 1_795_190_000_000_000_000;

    /// <summary>A clock that says <see cref="NowNanos"/>.</summary>
    public TimeProvider Time => new DiskTime(this);

    /// <summary>Handles not yet disposed.</summary>
    public int OpenHandles { get; private set; }

    /// <summary>Calls made so far, by operation.</summary>
    public Dictionary<FileOperation, int> Calls { get; } = [];

    public IReadOnlyList<DirectoryItem> List(string directory)
    {
        lock (_gate)
        {
            Enter(FileOperation.List, directory);
            Node node = Find(directory) is { Kind: NodeKind.Directory } found ? found : throw new DirectoryNotFoundException(directory);
            if ((node.Mode & 4) == 0) throw new UnauthorizedAccessException(directory);
            return [.. node.Children.Select(child => new DirectoryItem(child.Key, child.Value.Kind switch
            {
                NodeKind.Directory => DirectoryItemKind.Directory,
                NodeKind.Link => DirectoryItemKind.Link,
                NodeKind.Pipe => DirectoryItemKind.Other,
                _ => DirectoryItemKind.File,
            }))];
        }
    }

    public FileStatus? Stat(string path)
    {
        lock (_gate)
        {
            Enter(FileOperation.Stat, path);
            return Find(path) is { } node ? StatusOf(node) : null;
        }
    }

    public string? ResolvePath(string path)
    {
        lock (_gate)
        {
            Enter(FileOperation.Resolve, path);
            return Find(path, out string resolved) is null ? null : resolved;
        }
    }

    public ILogFileHandle Open(string path)
    {
        lock (_gate)
        {
            Enter(FileOperation.Open, path);
            Node node = Find(path) ?? throw new FileNotFoundException(path, path);
            if ((node.Mode & 4) == 0) throw new UnauthorizedAccessException(path);
            if (node.Kind != NodeKind.File) throw new IOException($"{path} is no regular file");
            node.Handles++;
            OpenHandles++;
            return new Handle(this, node, path);
        }
    }

    public void CreateDirectory(string path)
    {
        lock (_gate)
        {
            if (Find(path) is { Kind: NodeKind.Directory } || path == "/") return;
            CreateDirectory(Path.GetDirectoryName(path)!);
            Add(path, NewNode(NodeKind.Directory));
        }
    }

    public void Write(string path, ReadOnlySpan<byte> content)
    {
        lock (_gate)
        {
            CreateDirectory(Path.GetDirectoryName(path)!);
            Node? node = Find(path);
            if (node is null) Add(path, node = NewNode(NodeKind.File));
            node.Content = content.ToArray();
            node.Modified = Tick();
            Changed?.Invoke();
        }
    }

    public void Append(string path, ReadOnlySpan<byte> content)
    {
        lock (_gate)
        {
            Node node = Existing(path);
            node.Content = [.. node.Content, .. content];
            node.Modified = Tick();
        }
    }

    public void Truncate(string path, long size)
    {
        lock (_gate)
        {
            Node node = Existing(path);
            byte[] content = node.Content;
            Array.Resize(ref content, (int)size);
            node.Content = content;
            node.Modified = Tick();
            Changed?.Invoke();
        }
    }

    public void Rename(string from, string to)
    {
        lock (_gate)
        {
            Node node = Parent(from).Children.TryGetValue(Path.GetFileName(from), out Node? found) ? found : throw new FileNotFoundException(from, from);
            if (Parent(to).Children.TryGetValue(Path.GetFileName(to), out Node? replaced))
            {
                if (ReferenceEquals(replaced, node)) return;
                Remove(to);
            }

            Parent(from).Children.Remove(Path.GetFileName(from));
            Parent(from).Modified = Tick();
            node.Links--;
            Add(to, node);
        }
    }

    public void Delete(string path)
    {
        lock (_gate) Remove(path);
    }

    public void DeleteDirectory(string path)
    {
        lock (_gate)
        {
            foreach ((string name, Node child) in Existing(path).Children.ToList())
            {
                string below = Path.Join(path, name);
                if (child.Kind == NodeKind.Directory) DeleteDirectory(below);
                else Remove(below);
            }

            Remove(path);
        }
    }

    public void Symlink(string path, string target)
    {
        lock (_gate)
        {
            Node link = NewNode(NodeKind.Link);
            link.Target = target;
            Add(path, link);
        }
    }

    public void HardLink(string path, string existing)
    {
        lock (_gate)
        {
            Node node = Existing(existing);
            if (node.Kind == NodeKind.Directory) throw new IOException($"{existing} is a directory");
            Add(path, node);
        }
    }

    /// <summary>A named pipe: it has a name and a status, and opening it would block.</summary>
    public void CreatePipe(string path)
    {
        lock (_gate) Add(path, NewNode(NodeKind.Pipe));
    }

    public void SetMode(string path, int mode)
    {
        lock (_gate) Existing(path).Mode = mode;
    }

    public void SetOwner(string path, uint user, uint group)
    {
        lock (_gate) (Existing(path).User, Existing(path).Group) = (user, group);
    }

    public void SetModified(string path, DateTimeOffset time)
    {
        lock (_gate) Existing(path).Modified = (time - DateTimeOffset.UnixEpoch).Ticks * 100;
    }

    public void Dispose()
    {
    }

    private void Enter(FileOperation operation, string path)
    {
        Calls[operation] = Calls.GetValueOrDefault(operation) + 1;
        if (Fault?.Invoke(operation, path) is { } failure) throw failure;
    }

    private long Tick() => NowNanos += 1000;

    private Node NewNode(NodeKind kind)
    {
        ulong inode = _free.Count > 0 && ReuseInodes ? _free.Min : ++_lastInode;
        _free.Remove(inode);
        long now = Tick();
        return new Node { Kind = kind, Inode = inode, Birth = now, Modified = now, Mode = kind == NodeKind.Directory ? 0x1ED : 0x1A4 };
    }

    private Node Existing(string path) => Find(path) ?? throw new FileNotFoundException(path, path);

    private Node Parent(string path) => Find(Path.GetDirectoryName(path)!) ?? throw new DirectoryNotFoundException(path);

    private void Add(string path, Node node)
    {
        Node parent = Parent(path);
        parent.Children.Add(Path.GetFileName(path), node);
        parent.Modified = Tick();
        node.Links++;
        Changed?.Invoke();
    }

    private void Remove(string path)
    {
        Node parent = Parent(path);
        if (!parent.Children.Remove(Path.GetFileName(path), out Node? node)) throw new FileNotFoundException(path, path);
        parent.Modified = Tick();
        node.Links--;
        Free(node);
        Changed?.Invoke();
    }

    private void Free(Node node)
    {
        if (node is { Links: 0, Handles: 0 }) _free.Add(node.Inode);
    }

    private Node? Find(string path) => Find(path, out _);

    private Node? Find(string path, out string resolved)
    {
        int links = 0;
        resolved = "";
        Node? node = Walk(_top, "", path, ref links, ref resolved);
        if (resolved.Length == 0) resolved = "/";
        return node;
    }

    /// <summary>Follows <paramref name="path"/> from a directory; null when it leads nowhere or through too many links.</summary>
    private Node? Walk(Node from, string at, string path, ref int links, ref string resolved)
    {
        if (path.StartsWith('/')) (from, at) = (_top, "");
        Node node = from;
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".") continue;
            if (node.Kind != NodeKind.Directory) return null;
            if ((node.Mode & 1) == 0) throw new UnauthorizedAccessException(at);
            if (part == "..")
            {
                at = at.Length == 0 ? "" : at[..at.LastIndexOf('/')];
                node = Walk(_top, "", at, ref links, ref resolved)!;
                continue;
            }

            if (!node.Children.TryGetValue(part, out Node? child)) return null;
            if (child.Kind != NodeKind.Link)
            {
                (node, at) = (child, $"{at}/{part}");
                continue;
            }

            if (++links > MostLinks) return null;
            if (Walk(node, at, child.Target, ref links, ref resolved) is not { } target) return null;
            (node, at) = (target, resolved);
        }

        resolved = at;
        return node;
    }

    private FileStatus StatusOf(Node node) => new(
        Device, node.Inode, node.Content.Length, HasBirthTimes ? node.Birth : 0, node.Modified, node.Links, node.Kind == NodeKind.Directory,
        (uint)node.Mode | node.Kind switch { NodeKind.Directory => FileStatus.DirectoryMode, NodeKind.Pipe => 0x1000u, _ => FileStatus.RegularFileMode },
        node.User, node.Group);

    private enum NodeKind
    {
        File,
        Directory,
        Link,
        Pipe,
    }

    private sealed class Node
    {
        public required NodeKind Kind { get; init; }
        public required ulong Inode { get; init; }
        public required long Birth { get; init; }
        public SortedDictionary<string, Node> Children { get; } = new(StringComparer.Ordinal);
        public long Modified { get; set; }
        public int Mode { get; set; }
        public uint User { get; set; }
        public uint Group { get; set; }
        public int Links { get; set; }
        public int Handles { get; set; }
        public byte[] Content { get; set; } = [];
        public string Target { get; set; } = "";
    }

    private sealed class Handle(InMemoryFileSystem disk, Node node, string path) : ILogFileHandle
    {
        private bool _disposed;

        public int Read(long offset, Span<byte> destination)
        {
            lock (disk._gate)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                disk.Enter(FileOperation.Read, path);
                if (offset >= node.Content.Length) return 0;
                ReadOnlySpan<byte> rest = node.Content.AsSpan((int)offset);
                rest = rest[..Math.Min(rest.Length, Math.Min(destination.Length, disk.MaxReadBytes))];
                rest.CopyTo(destination);
                return rest.Length;
            }
        }

        public FileStatus Stat()
        {
            lock (disk._gate)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                disk.Enter(FileOperation.StatHandle, path);
                return disk.StatusOf(node);
            }
        }

        public void Dispose()
        {
            lock (disk._gate)
            {
                if (_disposed) return;
                _disposed = true;
                node.Handles--;
                disk.OpenHandles--;
                disk.Free(node);
            }
        }
    }

    private sealed class DiskTime(InMemoryFileSystem disk) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(disk.NowNanos / 100);
    }
}
