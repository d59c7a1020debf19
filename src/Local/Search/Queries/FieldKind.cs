namespace LogPipeline.Local.Search.Queries;

/// <summary>How the values of a field can be asked for.</summary>
public enum FieldKind
{
    /// <summary>The text of the record, cut into words.</summary>
    Text,

    /// <summary>A whole value, case and all.</summary>
    Keyword,

    /// <summary>A whole number.</summary>
    Number,

    /// <summary>A level by its name.</summary>
    Level,

    /// <summary>The record's time; the time range asks for it.</summary>
    Time,
}
