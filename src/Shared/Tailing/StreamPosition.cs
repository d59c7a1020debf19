namespace LogPipeline.Tailing;

/// <summary>
/// A place in a stream of files: the file's ordinal in the stream (its order of rotation; see <c>log.sequence</c>)
/// and the offset of a byte in its uncompressed content. Ordered as the bytes were written.
/// </summary>
public readonly record struct StreamPosition(long FileOrdinal, long OffsetBytes) : IComparable<StreamPosition>
{
    public int CompareTo(StreamPosition other) =>
        FileOrdinal != other.FileOrdinal ? FileOrdinal.CompareTo(other.FileOrdinal) : OffsetBytes.CompareTo(other.OffsetBytes);

    public static bool operator <(StreamPosition left, StreamPosition right) => left.CompareTo(right) < 0;
    public static bool operator >(StreamPosition left, StreamPosition right) => left.CompareTo(right) > 0;
    public static bool operator <=(StreamPosition left, StreamPosition right) => left.CompareTo(right) <= 0;
    public static bool operator >=(StreamPosition left, StreamPosition right) => left.CompareTo(right) >= 0;
}
