using System.Text;
using LogPipeline.Ledger.State;
using LogPipeline.Ledger;

namespace LogPipeline.Tests.Ledger;

/// <summary>What the real directory and the simulated one must do alike.</summary>
public sealed class StateStorageTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("state-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Files_are_appended_to_cut_renamed_and_deleted(bool real)
    {
        IStateStorage storage = Storage(real);
        using (IStateStorageFile file = storage.Create("a"))
        {
            file.Append("hello world"u8);
            file.Truncate(5);
            storage.Rename("a", "b");
            file.Append("!"u8);
            file.Sync();
        }

        storage.SyncDirectory();
        Assert.Equal(["b"], storage.List());
        Assert.Equal("hello!", Read(storage, "b"));
        storage.Create("b").Dispose();
        Assert.Equal("", Read(storage, "b"));
        storage.Delete("b");
        storage.Delete("b");
        Assert.Empty(storage.List());
        Assert.Throws<FileNotFoundException>(() => storage.OpenRead("b"));
        Assert.ThrowsAny<IOException>(() => storage.Rename("b", "c"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_is_replaced_whole(bool real)
    {
        IStateStorage storage = Storage(real);
        storage.Replace("host", "first"u8);
        storage.Replace("host", "2nd"u8);
        Assert.Equal("2nd", Read(storage, "host"));
        Assert.Equal(["host"], storage.List());
    }

    [Fact]
    public void A_crash_leaves_the_old_file_or_the_new_one()
    {
        for (int seed = 0; seed < 500; seed++)
        {
            var storage = new InMemoryStateStorage(new Random(seed));
            IStateStorage port = storage;
            port.Replace("host", "first"u8);
            storage.Faults = new StateStorageFaults { CrashAtWrite = storage.Writes + 1 + seed % 5 };
            Assert.Throws<SimulatedCrashException>(() => port.Replace("host", "second"u8));
            storage.CutPower();
            string content = Read(storage, "host");
            Assert.True(content is "first" or "second", $"seed {seed}: {content}");
        }
    }

    [Fact]
    public void A_power_cut_keeps_what_was_synced_and_gambles_with_the_rest()
    {
        var seen = new HashSet<string>();
        for (int seed = 0; seed < 300; seed++)
        {
            var storage = new InMemoryStateStorage(new Random(seed));
            IStateStorageFile file = storage.Create("a");
            file.Append("safe"u8);
            file.Sync();
            storage.SyncDirectory();
            file.Append(Encoding.ASCII.GetBytes(new string('x', 100)));
            storage.CutPower();
            string content = Read(storage, "a");
            Assert.StartsWith("safe", content, StringComparison.Ordinal);
            seen.Add(content);
            Assert.Throws<SimulatedCrashException>(() => file.Append("dead"u8));
        }

        Assert.True(seen.Count > 5);
        Assert.Contains("safe", seen);
        Assert.Contains("safe" + new string('x', 100), seen);
    }

    [Fact]
    public void Missing_rights_are_io_errors()
    {
        var storage = new DirectoryStateStorage(Path.Combine(_directory, "absent"));
        Assert.ThrowsAny<IOException>(() => storage.List());
        Assert.ThrowsAny<IOException>(() => storage.Create("a"));
        Assert.ThrowsAny<IOException>(() => storage.SyncDirectory());
        Directory.CreateDirectory(Path.Combine(_directory, "absent", "a"));
        Assert.ThrowsAny<IOException>(() => storage.Create("a"));
    }

    private IStateStorage Storage(bool real) => real ? new DirectoryStateStorage(_directory) : new InMemoryStateStorage(new Random(1));

    private static string Read(IStateStorage storage, string name)
    {
        using IStateStorageReader reader = storage.OpenRead(name);
        var bytes = new byte[reader.LengthBytes];
        Assert.Equal(bytes.Length, reader.Read(0, bytes));
        return Encoding.UTF8.GetString(bytes);
    }
}
