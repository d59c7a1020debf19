using LogPipeline.Formats;
using LogPipeline.Indexing;
using LogPipeline.Ledger;
using LogPipeline.Ledger.Audit;
using LogPipeline.Sources;

namespace LogPipeline.Tests.Ledger.Audit;

public sealed class StreamTilingTests
{
    private const int Day = AuditCase.Day;

    private readonly AuditCase _case = new();
    private readonly StreamTiling _tiling = new(new ExistingIndices([AuditCase.Index(Day)]));

    [Fact]
    public void Records_one_behind_the_other_tile_a_file()
    {
        Feed(_case.File(ranges: [new(3, 60, Day, Day)]), (0, 10), (10, 20), (30, 30));
        Assert.Empty(_tiling.Findings);
    }

    [Fact]
    public void A_place_stored_in_two_indices_is_double()
    {
        FileCheckpoint file = _case.File(ranges: [new(2, 30, Day, Day)]);
        _tiling.BeginFile(file);
        _tiling.Add(Record(file, 0, 10));
        _tiling.Add(Record(file, 0, 10) with { Index = "logs-default-old" });
        _tiling.Add(Record(file, 10, 20));
        _tiling.EndFile();
        AuditFinding finding = Assert.Single(_tiling.Findings);
        Assert.Equal(AuditFindingKind.Double, finding.Kind);
        Assert.Contains($"{RecordId.Format(file.Id, 0)} is in {AuditCase.Index(Day)} and in logs-default-old", finding.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(10, 20, 35, 25, AuditFindingKind.Hole, 5)]
    [InlineData(10, 20, 28, 32, AuditFindingKind.Overlap, 2)]
    public void What_is_between_or_over_two_records_is_found(long offset, long length, long next, long nextLength, AuditFindingKind kind, long bytes)
    {
        Feed(_case.File(ranges: [new(3, 60, Day, Day)]), (0, 10), (offset, length), (next, nextLength));
        AuditFinding finding = Assert.Single(_tiling.Findings);
        Assert.Equal((kind, bytes), (finding.Kind, finding.Bytes));
    }

    [Fact]
    public void A_last_record_that_is_not_there_is_a_hole()
    {
        Feed(_case.File(ranges: [new(3, 60, Day, Day)]), (0, 10), (10, 20));
        Assert.Equal((AuditFindingKind.Hole, 30L), (Assert.Single(_tiling.Findings).Kind, _tiling.Findings[0].Bytes));
    }

    [Fact]
    public void A_hole_where_the_index_was_deleted_is_no_finding()
    {
        Feed(_case.File(ranges: [new(3, 60, 3, Day)]), (0, 10), (30, 30));
        Assert.Empty(_tiling.Findings);
    }

    [Fact]
    public void Interleaved_outputs_tile_a_file_together()
    {
        FileCheckpoint file = _case.File(LogFormat.Cri, ranges: [new(3, 60, Day, Day)]);
        _tiling.BeginFile(file);
        // Two lines of stdout, at 0 and at 30, are one record; stderr lies between.
        _tiling.Add(Record(file, 0, 20, SubStream.Stdout));
        _tiling.Add(Record(file, 10, 20, SubStream.Stderr));
        _tiling.Add(Record(file, 40, 20, SubStream.Stdout));
        _tiling.EndFile();
        Assert.Empty(_tiling.Findings);
    }

    [Fact]
    public void A_record_goes_on_in_the_next_file()
    {
        FileCheckpoint first = _case.File(ranges: [new(2, 30, Day, Day)]), second = _case.File(ranges: [new(1, 20, Day, Day)]);
        Feed(first, (0, 10), (10, 25));
        Feed(second, (5, 15));
        Assert.Empty(_tiling.Findings);
        // One byte of what the record covers in the third file is another's as well.
        Feed(_case.File(ranges: [new(1, 20, Day, Day)]), (0, 30));
        Feed(_case.File(ranges: [new(1, 20, Day, Day)]), (9, 11));
        Assert.Equal(AuditFindingKind.Overlap, Assert.Single(_tiling.Findings).Kind);
    }

    [Fact]
    public void A_dead_letter_takes_its_place()
    {
        FileCheckpoint file = _case.File(ranges: [new(3, 60, Day, Day)]);
        _tiling.BeginFile(file);
        _tiling.Add(Record(file, 0, 10));
        _tiling.Add(new StoredRecord(10, 20, SubStream.None, "deadletter-x", RecordId.Format(file.Id, 10), true));
        _tiling.Add(Record(file, 30, 30));
        _tiling.EndFile();
        Assert.Empty(_tiling.Findings);
    }

    [Fact]
    public void What_lies_behind_the_durable_position_is_not_judged()
    {
        FileCheckpoint file = _case.File(ranges: [new(1, 10, Day, Day)]);
        file.Complete = false;
        Feed(file, (0, 10), (10, 20), (500, 1));
        Assert.Empty(_tiling.Findings);
    }

    [Fact]
    public void Another_files_id_is_foreign()
    {
        FileCheckpoint file = _case.File(ranges: [new(1, 10, Day, Day)]);
        _tiling.BeginFile(file);
        _tiling.Add(Record(file, 0, 10) with { Id = "something" });
        _tiling.EndFile();
        Assert.Equal(AuditFindingKind.ForeignId, Assert.Single(_tiling.Findings).Kind);
    }

    [Fact]
    public void A_file_full_of_findings_tells_a_hundred_and_counts_the_rest()
    {
        Feed(_case.File(ranges: [new(500, 5000, Day, Day)]), [.. Enumerable.Range(0, 500).Select(line => (line * 10L, 9L))]);
        Assert.Equal(101, _tiling.Findings.Count);
        Assert.Equal(400, _tiling.Findings[^1].Records);
    }

    private void Feed(FileCheckpoint file, params (long Offset, long Length)[] records)
    {
        _tiling.BeginFile(file);
        foreach ((long offset, long length) in records) _tiling.Add(Record(file, offset, length));
        _tiling.EndFile();
    }

    private static StoredRecord Record(FileCheckpoint file, long offset, long length, SubStream lane = SubStream.None) =>
        new(offset, length, lane, AuditCase.Index(Day), RecordId.Format(file.Id, offset), false);
}
