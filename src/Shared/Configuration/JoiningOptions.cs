namespace LogPipeline.Configuration;

/// <summary>Which lines make one record.</summary>
public sealed class JoiningOptions
{
    /// <summary><c>auto</c>, <c>java</c>, <c>dotnet</c>, <c>python</c>, <c>go</c>, <c>node</c>, <c>ruby</c>, <c>php</c>, <c>indented</c>, <c>none</c>; ignored when a pattern below is set.</summary>
    public string Preset { get; set; } = "auto";

    /// <summary>A line that matches begins a record. Linear-time regular expression (.NET syntax without look-around and back-references).</summary>
    public string? Start { get; set; }

    /// <summary>A line that matches belongs to the record before it.</summary>
    public string? Continue { get; set; }

    /// <summary>A line that matches ends its record.</summary>
    public string? End { get; set; }

    /// <summary>A pause longer than this ends a record: between the lines' own timestamps, or as silence at the end of a file. 50 ms to 1 h.</summary>
    public TimeSpan FlushAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Lines of one record. 1 to 100,000.</summary>
    public int MaxLines { get; set; } = 2_000;

    /// <summary>Bytes of one record's text. 1 KiB to 16 MiB.</summary>
    public int MaxBytes { get; set; } = 1 << 20;
}
