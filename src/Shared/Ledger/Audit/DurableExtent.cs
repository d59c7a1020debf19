using LogPipeline.Formats;
using LogPipeline.Sources;

namespace LogPipeline.Ledger.Audit;

/// <summary>
/// How many bytes of a file lie behind its durable position. Exactly known for a complete file and for a plain one; where stdout and stderr stand at
/// different offsets, how much of what lies between belongs to which is not recorded, and two bounds are.
/// </summary>
public readonly record struct DurableExtent(long AtLeastBytes, long AtMostBytes)
{
    public static DurableExtent Of(FileCheckpoint file)
    {
        // Behind a gap nothing was read: its size was only seen.
        if (file.Complete && !file.Gap) return new(file.SizeBytes, file.SizeBytes);
        if (file.Pins.TrueForAll(pin => pin.Format == LogFormat.Plain))
        {
            long only = file[SubStream.None].OffsetBytes;
            return new(only, only);
        }
        return new(file.ResumeOffsetBytes, file.LanePositions.Max(lane => lane.OffsetBytes));
    }

    public static DurableExtent operator +(DurableExtent left, DurableExtent right) => new(left.AtLeastBytes + right.AtLeastBytes, left.AtMostBytes + right.AtMostBytes);
}
