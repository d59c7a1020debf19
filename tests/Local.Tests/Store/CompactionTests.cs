using System.Text.Json;
using LogPipeline.Configuration;
using LogPipeline.Local.Store;
using LogPipeline.Local.Store.Files;
using LogPipeline.Local.Store.Files.Ids;
using LogPipeline.Local.Store.Indices;
using Microsoft.Win32.SafeHandles;

namespace LogPipeline.Tests.Store;

/// <summary>An index stays fast however much it holds, as its segments are made few; nobody notices but by that.</summary>
public sealed class CompactionTests
{
    private const int PerSegment = 50;

    private static readonly SegmentSizes s_small = new() { Documents = PerSegment };

    [Fact]
    public async Task Many_segments_become_few_and_every_document_is_found_as_before_also_after_a_restart()
    {
        const int Segments = 78, Documents = Segments * PerSegment;
        using var directory = new TemporaryDirectory();
        await using (EmbeddedStore store = Open(directory.Path))
        await using (StoreServer server = await StoreServer.StartAsync(directory.Path, store: store))
        {
            await server.SendAsync("PUT", "_index_template/logs", StoreDocuments.Template);
            for (int i = 0; i < Segments; i++)
            {
                await server.BulkAsync(StoreDocuments.Bulk("logs-a", i * PerSegment, PerSegment));
                if (i == 20) await server.SendAsync("PUT", $"logs-a/_doc/{StoreDocuments.Id(7)}", """{"body":"replaced"}""");
                await store.SealAsync("logs-a");
            }

            // One of 64, one of eight, and what is left: six of the first size, and those around the one that replaced a document.
            Assert.InRange(SegmentFiles(directory.Path).Length, 2, 12);
            await AssertAllThere(server, Documents);
        }

        await using (EmbeddedStore store = Open(directory.Path))
        await using (StoreServer server = await StoreServer.StartAsync(directory.Path, store: store))
        {
            await AssertAllThere(server, Documents);
            Assert.Equal(201, Statuses(await server.BulkAsync(StoreDocuments.Bulk("logs-a", Documents, 1))).Single());
        }
    }

    [Fact]
    public async Task A_crash_at_any_step_of_a_compaction_loses_and_doubles_nothing()
    {
        const int Documents = 8 * PerSegment;
        using var directory = new TemporaryDirectory();
        using var copies = new TemporaryDirectory();
        var files = new CopyingStoreFiles(directory.Path, copies.Path);
        await using (EmbeddedStore store = Open(directory.Path, files))
        await using (StoreServer server = await StoreServer.StartAsync(directory.Path, store: store))
        {
            for (int i = 0; i < 8; i++)
            {
                await server.BulkAsync(StoreDocuments.Bulk("logs-a", i * PerSegment, PerSegment));
                if (i != 6) continue;
                await store.SealAsync("logs-a");
                files.Copies = true;
            }

            await store.SealAsync("logs-a");
            files.Copies = false;
            Assert.Single(SegmentFiles(directory.Path));
        }

        string[] crashes = [.. Directory.EnumerateDirectories(copies.Path)];
        Assert.Contains(crashes, copy => SegmentFiles(copy).Length == 8 && Directory.EnumerateFiles(copy, "*.tmp", SearchOption.AllDirectories).Any());
        Assert.Contains(crashes, copy => SegmentFiles(copy).Length == 8 && !Directory.EnumerateFiles(copy, "*.tmp", SearchOption.AllDirectories).Any());
        foreach (string copy in crashes)
        {
            await using EmbeddedStore store = Open(copy);
            await using StoreServer server = await StoreServer.StartAsync(copy, store: store);
            HashSet<string> found = await DurabilityTests.AllIdsAsync(server);
            // The last request may be one that was not answered yet: then all of it is there, or nothing.
            Assert.True(found.Count is Documents or Documents - PerSegment, $"{copy}: {found.Count} documents");
            Assert.Equal(Documents - found.Count, Statuses(await server.BulkAsync(StoreDocuments.Bulk("logs-a", 0, Documents))).Count(status => status == 201));
            await store.SealAsync("logs-a");
            Assert.Equal(Documents, store.Statistics.Documents);
            Assert.Empty(Directory.EnumerateFiles(copy, "*.tmp", SearchOption.AllDirectories));
        }
    }

    [Fact]
    public async Task A_segment_with_a_damaged_block_stays_as_it_is_and_those_around_it_are_compacted()
    {
        using var directory = new TemporaryDirectory();
        await using EmbeddedStore store = Open(directory.Path);
        await using StoreServer server = await StoreServer.StartAsync(directory.Path, store: store);
        for (int i = 0; i < 12; i++)
        {
            await server.BulkAsync(StoreDocuments.Bulk("logs-a", i * PerSegment, PerSegment));
            if (i == 3) Damage(SegmentFiles(directory.Path)[2]);
            await store.SealAsync("logs-a");
        }

        // Three around the damaged one are left, and eight became one.
        Assert.Equal(5, SegmentFiles(directory.Path).Length);
        int[] statuses = Statuses(await server.BulkAsync(StoreDocuments.Bulk("logs-a", 3 * PerSegment, 9 * PerSegment)));
        Assert.All(statuses, status => Assert.Equal(409, status));
    }

    [Fact]
    public async Task A_full_disk_leaves_the_segments_apart_and_they_are_compacted_when_there_is_room_again()
    {
        using var directory = new TemporaryDirectory();
        var files = new CrampedStoreFiles(() => new IOException("No space left on device", 28));
        await using EmbeddedStore store = Open(directory.Path, files);
        await using StoreServer server = await StoreServer.StartAsync(directory.Path, store: store);
        for (int i = 0; i < 9; i++)
        {
            await server.BulkAsync(StoreDocuments.Bulk("logs-a", i * PerSegment, PerSegment));
            await store.SealAsync("logs-a");
            if (i != 7) continue;
            files.HasRoom = true;
            Assert.Equal(8, SegmentFiles(directory.Path).Length);
            Assert.Empty(Directory.EnumerateFiles(directory.Path, "*.tmp", SearchOption.AllDirectories));
        }

        Assert.Equal(2, SegmentFiles(directory.Path).Length);
        await AssertAllThere(server, 9 * PerSegment);
    }

    [Fact]
    public async Task A_fault_in_a_compaction_stops_neither_the_store_nor_its_end()
    {
        using var directory = new TemporaryDirectory();
        var files = new CrampedStoreFiles(() => new InvalidOperationException("A fault."));
        await using (EmbeddedStore store = Open(directory.Path, files))
        await using (StoreServer server = await StoreServer.StartAsync(directory.Path, store: store))
        {
            for (int i = 0; i < 9; i++)
            {
                await server.BulkAsync(StoreDocuments.Bulk("logs-a", i * PerSegment, PerSegment));
                await store.SealAsync("logs-a");
            }

            await AssertAllThere(server, 9 * PerSegment);
        }

        Assert.Equal(9, SegmentFiles(directory.Path).Length);
    }

    [Fact]
    public async Task No_segment_becomes_larger_than_a_sixteenth_of_the_store()
    {
        using var directory = new TemporaryDirectory();
        long length;
        await using (EmbeddedStore store = Open(directory.Path))
        await using (StoreServer server = await StoreServer.StartAsync(directory.Path, store: store))
        {
            await server.BulkAsync(StoreDocuments.Bulk("logs-a", 0, PerSegment));
            await store.SealAsync("logs-a");
            length = new FileInfo(SegmentFiles(directory.Path).Single()).Length;
        }

        // Room for eight, not for 64.
        long bound = 16 * 20 * length;
        await using (EmbeddedStore store = EmbeddedStore.Open(directory.Path, new EmbeddedStoreOptions { MaxBytes = bound }, TimeProvider.System, null, new StoreFiles(), s_small))
        await using (StoreServer server = await StoreServer.StartAsync(directory.Path, store: store))
        {
            for (int i = 1; i < 70; i++)
            {
                await server.BulkAsync(StoreDocuments.Bulk("logs-a", i * PerSegment, PerSegment));
                await store.SealAsync("logs-a");
            }

            Assert.InRange(SegmentFiles(directory.Path).Max(path => new FileInfo(path).Length), 4 * length, bound / 16);
            await AssertAllThere(server, 70 * PerSegment);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(511)]
    [InlineData(512)]
    [InlineData(513)]
    [InlineData(300_000)]
    public void Every_hash_of_a_table_is_found_at_its_positions_and_no_other(int count)
    {
        const int Seed = 20261128;
        var random = new Random(Seed);
        using var directory = new TemporaryDirectory();
        using SafeFileHandle file = new StoreFiles().Open(Path.Combine(directory.Path, "table"), FileMode.Create);
        // Some thousand share one hash, as ids may, and some lie at either end.
        ulong[] hashes = [.. Enumerable.Range(0, count).Select(i => i % 100 == 0 ? 0x8000_0000_0000_0001 : i % 100 == 1 ? ulong.MaxValue : i % 100 == 2 ? 0 : (ulong)random.NextInt64() << 1).Order()];
        using var table = new IdTableWriter(new StoreFiles(), file, 24, count);
        for (int i = 0; i < count; i++) table.Add(hashes[i], i);
        table.Complete();
        var ids = new SealedIds(file, 24, count, table.Filter);
        var positions = new List<int>();
        foreach (ulong hash in hashes.Distinct().Where((_, i) => i % 37 == 0 || i < 4).Append(ulong.MaxValue))
        {
            ids.Find(hash, positions);
            Assert.True(positions.Order().SequenceEqual(Enumerable.Range(0, count).Where(i => hashes[i] == hash)), $"seed {Seed}, hash {hash}");
        }

        for (int i = 0; i < 2000; i++)
        {
            ulong absent = ((ulong)random.NextInt64() << 1) | 1;
            ids.Find(absent, positions);
            Assert.True(positions.Count == 0, $"seed {Seed}, hash {absent}");
        }
    }

    private static EmbeddedStore Open(string directory, StoreFiles? files = null) =>
        EmbeddedStore.Open(directory, new EmbeddedStoreOptions(), TimeProvider.System, null, files ?? new StoreFiles(), s_small);

    private static string[] SegmentFiles(string directory) => [.. Directory.EnumerateFiles(directory, "*.seg", SearchOption.AllDirectories).Order()];

    private static int[] Statuses(JsonElement answer) => [.. answer.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("create").GetProperty("status").GetInt32())];

    private static async Task AssertAllThere(StoreServer server, int documents)
    {
        Assert.Equal(documents, server.Store.Statistics.Documents);
        Assert.Equal(documents, (await DurabilityTests.AllIdsAsync(server)).Count);
        Assert.All(Statuses(await server.BulkAsync(StoreDocuments.Bulk("logs-a", 0, documents))), status => Assert.Equal(409, status));
        (_, JsonElement last) = await server.SendAsync("GET", $"logs-a/_doc/{StoreDocuments.Id(documents - 1)}");
        Assert.EndsWith($"#{documents - 1}", last.GetProperty("_source").GetProperty("body").GetString(), StringComparison.Ordinal);
    }

    private static void Damage(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        file.Position = 200;
        int old = file.ReadByte();
        file.Position--;
        file.WriteByte((byte)(old ^ 1));
    }

    /// <summary>Keeps what a crash would leave, in front of and behind each write, sync and change of names, while it is told so.</summary>
    private sealed class CopyingStoreFiles(string directory, string copies) : StoreFiles
    {
        private int _taken;

        public bool Copies { get; set; }

        public override void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
        {
            Copy();
            base.Write(file, bytes, offset);
        }

        public override void Sync(SafeFileHandle file)
        {
            Copy();
            base.Sync(file);
        }

        public override void SyncDirectory(string path)
        {
            Copy();
            base.SyncDirectory(path);
        }

        private void Copy()
        {
            if (Copies) DurabilityTests.CopyDirectory(directory, Path.Combine(copies, $"{_taken++:D4}"), withTemporary: true);
        }
    }

    /// <summary>A disk with room for segments, but not for as much once more: half of a write is done then, and fails.</summary>
    private sealed class CrampedStoreFiles(Func<Exception> failure) : StoreFiles
    {
        private SafeFileHandle? _compacted;

        public bool HasRoom { get; set; }

        public override SafeFileHandle Open(string path, FileMode mode)
        {
            SafeFileHandle file = base.Open(path, mode);
            if (path.EndsWith(".compacted.tmp", StringComparison.Ordinal)) _compacted = file;
            return file;
        }

        public override void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
        {
            bool fits = HasRoom || file != _compacted;
            base.Write(file, fits ? bytes : bytes[..(bytes.Length / 2)], offset);
            if (!fits) throw failure();
        }
    }

    private sealed class TemporaryDirectory : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("store-compaction-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
