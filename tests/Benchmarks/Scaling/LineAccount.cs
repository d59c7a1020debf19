using System.Buffers.Text;
using System.Collections;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace LogPipeline.Benchmarks.Scaling;

/// <summary>
/// Which lines are stored, and how often. A line says <c>rid=SSS-NNNNNNNNN</c>: its stream and its number there. Documents are kept by index and id, as a store does, without their
/// text. Safe from any thread.
/// </summary>
internal sealed class LineAccount
{
    /// <summary>Bytes of a line of a log file, with the runtime's prefix and the line's end. All are of this length.</summary>
    public const int LineBytes = 1000;

    private const int StreamDigits = 3, NumberDigits = 9;

    private static ReadOnlySpan<byte> Mark => "rid="u8;

    private readonly Lock _gate = new();
    private readonly Dictionary<UInt128, (string Timestamp, int Length)> _documents = [];
    private readonly List<BitArray> _seen = [];
    private long _distinct, _doubled, _sentAgain;

    /// <summary>Lines that are stored.</summary>
    public long Distinct => Interlocked.Read(ref _distinct);

    /// <summary>Documents of lines that were stored before under another id.</summary>
    public long Doubled => Interlocked.Read(ref _doubled);

    /// <summary>Documents that were there already under their id: no harm.</summary>
    public long SentAgain => Interlocked.Read(ref _sentAgain);

    public static string NameOf(int stream, int number) => string.Create(CultureInfo.InvariantCulture, $"rid={stream:D3}-{number:D9}");

    /// <summary>False: there is a document with that id in that index.</summary>
    public bool TryCreate(string index, string id, ReadOnlySpan<byte> source)
    {
        UInt128 key = KeyOf(index, id);
        (int stream, int number) = LineOf(source);
        lock (_gate)
        {
            if (!_documents.TryAdd(key, (Encoding.ASCII.GetString(Between(source, "\"@timestamp\":\""u8)), Number(source, "\"log.length\":"u8))))
            {
                _sentAgain++;
                return false;
            }
            while (_seen.Count <= stream) _seen.Add(new BitArray(0));
            BitArray seen = _seen[stream];
            if (seen.Length <= number) seen.Length = Math.Max(number + 1, seen.Length * 2);
            if (seen[number]) _doubled++;
            else
            {
                seen[number] = true;
                _distinct++;
            }
            return true;
        }
    }

    /// <summary>What a look-up is told of a document; null when there is none.</summary>
    public (string Timestamp, int Length)? Find(string index, string id)
    {
        UInt128 key = KeyOf(index, id);
        lock (_gate) return _documents.TryGetValue(key, out (string, int) found) ? found : null;
    }

    /// <summary>Lines of a stream that are not stored, of so many that were written.</summary>
    public int MissingOf(int stream, int written)
    {
        lock (_gate) return Enumerable.Range(0, written).Count(number => stream >= _seen.Count || number >= _seen[stream].Length || !_seen[stream][number]);
    }

    private static UInt128 KeyOf(string index, string id)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{index}\n{id}"), hash);
        return new UInt128(BitConverter.ToUInt64(hash), BitConverter.ToUInt64(hash[8..]));
    }

    private static (int Stream, int Number) LineOf(ReadOnlySpan<byte> source)
    {
        int at = source.IndexOf(Mark);
        if (at < 0) throw new FormatException($"A document without its line's name: {Encoding.UTF8.GetString(source)}");
        ReadOnlySpan<byte> name = source[(at + Mark.Length)..];
        _ = Utf8Parser.TryParse(name[..StreamDigits], out int stream, out _);
        _ = Utf8Parser.TryParse(name.Slice(StreamDigits + 1, NumberDigits), out int number, out _);
        return (stream, number);
    }

    private static ReadOnlySpan<byte> Between(ReadOnlySpan<byte> source, ReadOnlySpan<byte> begin)
    {
        ReadOnlySpan<byte> rest = source[(source.IndexOf(begin) + begin.Length)..];
        return rest[..rest.IndexOf((byte)'"')];
    }

    private static int Number(ReadOnlySpan<byte> source, ReadOnlySpan<byte> begin) =>
        Utf8Parser.TryParse(source[(source.IndexOf(begin) + begin.Length)..], out int number, out _) ? number : throw new FormatException("A document without its extent.");
}
