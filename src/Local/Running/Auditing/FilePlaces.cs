using LogPipeline.Formats;
using LogPipeline.Indexing;
using LogPipeline.Ledger.Audit;
using LogPipeline.Tailing;

namespace LogPipeline.Local.Running.Auditing;

/// <summary>
/// Where the stored records of one file lie, taken in any order and given by offset. A file may have millions: an id that follows from the place, as all do that this
/// pipeline wrote, is not kept but made again.
/// </summary>
internal sealed class FilePlaces
{
    private readonly List<Place> _places = [];
    private readonly List<string> _indices = [];
    private readonly Dictionary<int, string> _foreignIds = [];

    public void Add(FileId file, in StoredRecord record)
    {
        int index = _indices.LastIndexOf(record.Index);
        if (index < 0)
        {
            index = _indices.Count;
            _indices.Add(record.Index);
        }
        if (record.Id != RecordId.Format(file, record.OffsetBytes)) _foreignIds.Add(_places.Count, record.Id);
        _places.Add(new Place(record.OffsetBytes, record.LengthBytes, _places.Count, (ushort)index, record.Lane));
    }

    public IEnumerable<StoredRecord> InOrder(FileId file)
    {
        _places.Sort(static (left, right) => left.OffsetBytes != right.OffsetBytes ? left.OffsetBytes.CompareTo(right.OffsetBytes) : left.Number.CompareTo(right.Number));
        foreach (Place place in _places)
        {
            string id = _foreignIds.TryGetValue(place.Number, out string? foreign) ? foreign : RecordId.Format(file, place.OffsetBytes);
            yield return new StoredRecord(place.OffsetBytes, place.LengthBytes, place.Lane, _indices[place.Index], id, IsDeadLetter: false);
        }
    }

    private readonly record struct Place(long OffsetBytes, long LengthBytes, int Number, ushort Index, SubStream Lane);
}
