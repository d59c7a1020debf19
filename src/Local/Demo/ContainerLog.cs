using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace LogPipeline.Local.Demo;

/// <summary>
/// The log files of one container as containerd and the kubelet leave them; times never go back: <c>N.log</c> in CRI lines, text cut at 16 KiB into <c>P</c>
/// parts; rotation by rename, the rotated file before it compressed (<c>.tmp</c>, then renamed), the oldest deleted; on a restart
/// <c>N+1.log</c>, the files of the container before the last one deleted.
/// </summary>
internal sealed class ContainerLog : IDisposable
{
    /// <summary>Bytes of text in one CRI line, as containerd and CRI-O cut it.</summary>
    private const int MaxPartBytes = 16_384;

    private readonly string _folder;
    private readonly int _maxFileBytes;
    private readonly int _maxFiles;
    private readonly ArrayBufferWriter<byte> _pending = new();
    private FileStream _file;
    private int _restart;
    private long _lastNanos;

    /// <param name="folder">The container's folder; created.</param>
    /// <param name="maxFileBytes">The kubelet's <c>containerLogMaxSize</c>.</param>
    /// <param name="maxFiles">The kubelet's <c>containerLogMaxFiles</c>; at least 3.</param>
    public ContainerLog(string folder, int maxFileBytes, int maxFiles)
    {
        (_folder, _maxFileBytes, _maxFiles) = (folder, maxFileBytes, maxFiles);
        Directory.CreateDirectory(folder);
        _file = Open();
    }

    private string Live => Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{_restart}.log"));

    /// <summary>Adds one line; it is in the file after <see cref="Flush"/>.</summary>
    public void Write(long nanos, bool stderr, string line)
    {
        byte[] text = Encoding.UTF8.GetBytes(line);
        int start = 0;
        do
        {
            int length = Math.Min(MaxPartBytes, text.Length - start);
            nanos = Math.Max(nanos, _lastNanos + 1);
            _lastNanos = nanos;
            bool last = start + length == text.Length;
            Encoding.ASCII.GetBytes($"{Timestamp(nanos)} {(stderr ? "stderr" : "stdout")} {(last ? 'F' : 'P')} ", _pending);
            _pending.Write(text.AsSpan(start, length));
            _pending.Write("\n"u8);
            start += length;
            nanos += 1_700;
        }
        while (start < text.Length);
    }

    /// <summary>Writes what was added since the last time. Throws <see cref="IOException"/>.</summary>
    public void Flush()
    {
        if (_pending.WrittenCount == 0) return;
        _file.Write(_pending.WrittenSpan);
        _pending.ResetWrittenCount();
    }

    /// <summary>What the kubelet does every 10 s: rotates when the file is past its limit.</summary>
    public void Rotate(long nanos)
    {
        Flush();
        if (_file.Length <= _maxFileBytes) return;

        var rotated = Rotated();
        while (rotated.Count > _maxFiles - 2)
        {
            File.Delete(rotated[0]);
            rotated.RemoveAt(0);
        }
        foreach (string plain in rotated.Where(path => !path.EndsWith(".gz", StringComparison.Ordinal))) Compress(plain);

        string stamp = Time(nanos).ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        File.Move(Live, $"{Live}.{stamp}");
        _file.Dispose();
        _file = Open();
    }

    /// <summary>The container ended and another began in its place: of the dead ones, the kubelet keeps the last.</summary>
    public void Restart()
    {
        Flush();
        _file.Dispose();
        string old = string.Create(CultureInfo.InvariantCulture, $"{_restart - 1}.log");
        foreach (string path in Directory.GetFiles(_folder, old + "*")) File.Delete(path);
        _restart++;
        _file = Open();
    }

    public void Dispose() => _file.Dispose();

    /// <summary>RFC 3339 with nanoseconds, trailing zeros trimmed, as the runtimes write it.</summary>
    private static string Timestamp(long nanos)
    {
        long fraction = nanos % 1_000_000_000;
        string digits = fraction.ToString("D9", CultureInfo.InvariantCulture).TrimEnd('0');
        return Time(nanos).ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture) + (digits.Length == 0 ? "Z" : $".{digits}Z");
    }

    private static DateTime Time(long nanos) => DateTime.UnixEpoch.AddTicks(nanos / 100);

    private static void Compress(string plain)
    {
        using (var source = File.OpenRead(plain))
        using (var target = new GZipStream(File.Create(plain + ".tmp"), CompressionLevel.Optimal)) source.CopyTo(target);
        File.Move(plain + ".tmp", plain + ".gz");
        File.Delete(plain);
    }

    /// <summary>Rotated files of the present restart, the oldest first.</summary>
    private List<string> Rotated()
    {
        string prefix = Path.GetFileName(Live) + "."; // no search pattern: "0.log.*" would match 0.log itself
        return [.. Directory.GetFiles(_folder).Where(path => Path.GetFileName(path).StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
    }

    private FileStream Open() => new(Live, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
}
