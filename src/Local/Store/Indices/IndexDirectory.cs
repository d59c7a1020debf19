using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using LogPipeline.Local.Store.Documents;
using LogPipeline.Local.Store.Files;
using LogPipeline.Local.Store.Mappings;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace LogPipeline.Local.Store.Indices;

/// <summary>
/// An index's directory: <c>index.json</c> (uuid, creation time, mappings), <c>expired</c> (how many documents retention deleted, if any) and its segments. Creates and opens it; opening cuts torn
/// tails and sets damaged segments aside.
/// </summary>
internal sealed class IndexDirectory(StoreFiles files, BlockCache cache, ILogger log)
{
    private const string MetadataName = "index.json";
    private const string DamagedSuffix = ".damaged";
    private const string ExpiredName = "expired";

    /// <summary>Segments set aside since this was created.</summary>
    public long DamagedSegments { get; private set; }

    /// <summary>Bytes in them that could not be read.</summary>
    public long DamagedBytes { get; private set; }

    /// <summary>Creates an index durably. Throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.</summary>
    public StoreIndex Create(string name, string directory, DateTimeOffset now, JsonElement[] mappings)
    {
        Directory.CreateDirectory(directory);
        string uuid = Convert.ToBase64String(Guid.NewGuid().ToByteArray()).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("uuid", uuid);
            writer.WriteNumber("created", now.ToUnixTimeMilliseconds());
            writer.WriteStartArray("mappings");
            foreach (JsonElement mapping in mappings) mapping.WriteTo(writer);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        files.Replace(Path.Combine(directory, MetadataName), buffer.WrittenSpan);
        files.SyncDirectory(Path.GetDirectoryName(directory)!);
        return new StoreIndex(name, directory, uuid, now, new IndexMapping(mappings), cache);
    }

    /// <summary>Opens an index; null when its directory holds none (it was being created or deleted). Throws <see cref="IOException"/>.</summary>
    public StoreIndex? Open(string name, string directory)
    {
        string metadata = Path.Combine(directory, MetadataName);
        if (!File.Exists(metadata)) return null;
        StoreIndex index = ReadMetadata(name, directory, metadata);
        index.ExpiredCount = ReadExpired(directory);
        string[] paths = [.. Directory.EnumerateFiles(directory, "*" + Segment.Extension).Order(StringComparer.Ordinal)];
        foreach (string left in Directory.EnumerateFiles(directory, "*.tmp")) File.Delete(left);
        long mergedUpTo = 0;
        for (int i = 0; i < paths.Length; i++)
        {
            if (!long.TryParse(Path.GetFileNameWithoutExtension(paths[i]), NumberStyles.None, CultureInfo.InvariantCulture, out long number)) continue;
            // Its documents are in the segment before: the process ended between a merge and this deletion.
            if (number <= mergedUpTo) File.Delete(paths[i]);
            else if (OpenSegment(index, paths[i], number, isLast: i == paths.Length - 1) is { } segment) mergedUpTo = segment.Number + segment.MergedFiles;
        }

        return index;
    }

    /// <summary>Adds to the count of an index's expired documents, durably. Throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.</summary>
    public void RecordExpired(StoreIndex index, long documents)
    {
        long expired = index.ExpiredCount + documents;
        files.Replace(Path.Combine(index.Directory, ExpiredName), Encoding.ASCII.GetBytes(expired.ToString(CultureInfo.InvariantCulture)));
        index.ExpiredCount = expired;
    }

    // What cannot be read was a number once: at least one document has expired.
    private static long ReadExpired(string directory)
    {
        string path = Path.Combine(directory, ExpiredName);
        if (!File.Exists(path)) return 0;
        return long.TryParse(File.ReadAllText(path), NumberStyles.None, CultureInfo.InvariantCulture, out long expired) ? expired : 1;
    }

    private StoreIndex ReadMetadata(string name, string directory, string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            JsonElement root = document.RootElement;
            return new StoreIndex(
                name, directory, root.GetProperty("uuid").GetString()!, DateTimeOffset.FromUnixTimeMilliseconds(root.GetProperty("created").GetInt64()),
                new IndexMapping(root.GetProperty("mappings").EnumerateArray().Select(mapping => mapping.Clone()).ToArray()), cache);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            // Documents do not depend on it: the index goes on without declared types.
            log.LogError("{Path} is damaged; index {Index} goes on without its mappings: {Reason}", path, name, e.Message);
            return new StoreIndex(name, directory, "_na_", DateTimeOffset.UnixEpoch, new IndexMapping(), cache);
        }
    }

    /// <summary>Null when the file holds no document; it is deleted then.</summary>
    private Segment? OpenSegment(StoreIndex index, string path, long number, bool isLast)
    {
        SafeFileHandle file = files.Open(path, FileMode.Open);
        var segment = new Segment(path, number, file);
        long length = RandomAccess.GetLength(file);
        if (SegmentFooter.TryOpen(segment, length))
        {
            index.AddSegment(segment);
            return segment;
        }

        long skipped = SegmentRecovery.Scan(segment, length);
        if (skipped > 0)
        {
            segment = SetAside(segment, skipped);
        }
        else if (segment.Length < length)
        {
            if (!isLast) log.LogWarning("{Path} had no valid footer; {Bytes} bytes behind its last block were cut off", path, length - segment.Length);
            RandomAccess.SetLength(file, segment.Length);
            files.Sync(file);
        }

        if (segment.DocumentCount == 0)
        {
            segment.Release();
            File.Delete(path);
            return null;
        }

        index.AddSegment(segment);
        if (!isLast || skipped > 0) index.Seal(segment, files);
        return segment;
    }

    /// <summary>Copies the intact blocks of a damaged segment into a new file of the same name; the damaged one stays beside it for a person to look at.</summary>
    private Segment SetAside(Segment damaged, long skipped)
    {
        DamagedSegments++;
        DamagedBytes += skipped;
        string aside = damaged.Path + DamagedSuffix, rescue = damaged.Path + ".tmp";
        var rescued = new Segment(damaged.Path, damaged.Number, files.Open(rescue, FileMode.Create));
        foreach (SegmentBlock block in damaged.Blocks.Span)
        {
            byte[] frame = new byte[block.Frame.Length];
            if (!SegmentFooter.TryReadExactly(damaged.File, frame, block.Offset)) continue;
            files.Write(rescued.File, frame, rescued.Length);
            rescued.Length += frame.Length;
        }

        files.Sync(rescued.File);
        File.Move(damaged.Path, aside, overwrite: true);
        File.Move(rescue, damaged.Path);
        files.SyncDirectory(Path.GetDirectoryName(aside)!);
        damaged.Release();
        SegmentRecovery.Scan(rescued, rescued.Length);
        log.LogError(
            "{Path} is damaged: {Skipped} bytes could not be read, {Documents} documents were rescued; the damaged file is kept as {Aside}",
            rescued.Path, skipped, rescued.DocumentCount, aside);
        return rescued;
    }
}
