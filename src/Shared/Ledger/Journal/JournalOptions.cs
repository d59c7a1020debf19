using System.Security.Cryptography;

namespace LogPipeline.Ledger.Journal;

/// <summary>How the checkpoint journal is kept.</summary>
public sealed record JournalOptions
{
    /// <summary>A generation is not compacted below this size. Bytes.</summary>
    public long CompactionMinBytes { get; init; } = 1 << 20;

    /// <summary>A generation is compacted when it is this many times as large as what it would hold after that; at least 2.</summary>
    public int CompactionFactor { get; init; } = 4;

    /// <summary>Recover and read, write nothing: for looking into the journal of a running process. Damaged files stay where they
    /// are, and an append that is under way looks like a torn tail.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Dates the names of files that are set aside.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Fills a span with random bytes, for journal ids.</summary>
    public Action<byte[]> FillRandom { get; init; } = static bytes => RandomNumberGenerator.Fill(bytes);
}
