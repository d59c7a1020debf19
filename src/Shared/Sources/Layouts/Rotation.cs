namespace LogPipeline.Sources.Layouts;

/// <summary>
/// What the name of a rotated file says of its age: a number that grows with each rotation (<see cref="Date"/> is 0), or a stamp:
/// <see cref="Date"/> is yyyymmdd and <see cref="Number"/> the digits behind it (time of day, epoch seconds or a counter).
/// </summary>
public readonly record struct Rotation(int Date, ulong Number, bool Compressed)
{
    public bool Stamped => Date != 0;

    /// <summary>
    /// Negative when this one was written before <paramref name="other"/>: the earlier stamp, the higher number. 0 between a number
    /// and a stamp: the names do not tell.
    /// </summary>
    public int CompareAge(Rotation other) =>
        Stamped != other.Stamped ? 0
        : !Stamped ? other.Number.CompareTo(Number)
        : Date != other.Date ? Date.CompareTo(other.Date)
        : Number.CompareTo(other.Number);
}
