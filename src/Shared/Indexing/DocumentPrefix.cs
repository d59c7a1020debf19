using System.Text;
using LogPipeline.Formats;
using LogPipeline.Ledger;
using LogPipeline.Tailing;
using LogPipeline.Tenancy;

namespace LogPipeline.Indexing;

/// <summary>
/// What all documents of one file under one pin share, encoded once: the id's beginning, the index's name by day, and the JSON of tenant, resource
/// and static attributes.
/// </summary>
public sealed class DocumentPrefix
{
    private const long SecondsPerDay = 86_400;

    private readonly byte[]?[] _statics = new byte[]?[FileCheckpoint.Lanes];
    private readonly FileId _file;
    private readonly IndexNames _index;

    public DocumentPrefix(FileId file, Pin pin, int restart, long ordinal)
    {
        Pin = pin;
        IdPrefix = RecordId.PrefixOf(file);
        SequencePrefix = Encoding.ASCII.GetBytes($"{restart:D5}-{ordinal:D10}-");
        _index = new IndexNames(pin.IndexTemplate);
        _file = file;
        UntimedDay = (int)(ordinal / SecondsPerDay);
    }

    public Pin Pin { get; }

    /// <summary>The day of a container's lines that have no time of their own: that on which their file began, as a clock would say another one when they are read again.</summary>
    public int UntimedDay { get; }

    /// <summary>ASCII; followed by the offset's 8 characters.</summary>
    public byte[] IdPrefix { get; }

    /// <summary>ASCII: restart and rotation order of <c>log.sequence</c>; followed by the offset in 15 digits.</summary>
    public byte[] SequencePrefix { get; }

    /// <summary>JSON members from <c>"tenant"</c> to inside of <c>"attributes"</c>, led by a comma, for one sub-stream.</summary>
    public ReadOnlySpan<byte> Statics(SubStream lane) => _statics[(int)lane] ??= EncodeStatics(_file, Pin, lane);

    /// <summary>The concrete index of a UTC day (days since the Unix epoch).</summary>
    public ReadOnlySpan<byte> Index(int day) => _index.For(day).Utf8.Span;

    private static byte[] EncodeStatics(FileId file, Pin pin, SubStream lane)
    {
        using var body = new BulkBody(pin.Tenant, 1024);
        Append(body, ",\"tenant\":\""u8);
        JsonText.Append(body, Encoding.UTF8.GetBytes(pin.Tenant));
        Append(body, "\",\"resource\":{"u8);
        Append(body, Encoding.UTF8.GetBytes(pin.ResourceJson));
        Append(body, "},\"attributes\":{\"log.file.path\":\""u8);
        JsonText.Append(body, Encoding.UTF8.GetBytes(pin.Path));
        Append(body, "\",\"log.file.id\":\""u8);
        Append(body, Encoding.ASCII.GetBytes(file.ToString()));
        if (lane != SubStream.None) Append(body, lane == SubStream.Stdout ? "\",\"log.iostream\":\"stdout"u8 : "\",\"log.iostream\":\"stderr"u8);
        Append(body, "\",\"log.offset\":"u8);
        return body.Written.ToArray();
    }

    private static void Append(BulkBody body, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(body.GetSpan(bytes.Length));
        body.Advance(bytes.Length);
    }
}
