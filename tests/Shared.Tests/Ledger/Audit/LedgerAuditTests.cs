using LogPipeline.Ledger;
using LogPipeline.Ledger.Audit;
using LogPipeline.Sources;

namespace LogPipeline.Tests.Ledger.Audit;

public sealed class LedgerAuditTests
{
    private const int Day = AuditCase.Day;

    private readonly AuditCase _case = new();

    [Fact]
    public void Equal_totals_are_nothing_wrong()
    {
        _case.File(ranges: [new(100, 5000, Day, Day), new(3, 400, Day, Day)]);
        AuditReport report = _case.Compare();
        Assert.Empty(report.Findings);
        Assert.False(report.IsWrong);
        Assert.Equal(new StoreCount(103, 5400), report.Totals.Stored);
        Assert.Equal(5400, report.Totals.DiskBytes);
    }

    [Fact]
    public void Fewer_records_than_counted_are_missing_in_their_range()
    {
        FileCheckpoint file = _case.File(ranges: [new(100, 5000, Day, Day), new(3, 400, Day, Day)]);
        _case.StoredOf(file).AddDurable(1, new(-1, -150));
        AuditFinding finding = _case.Single();
        Assert.Equal((AuditFindingKind.Missing, 1, 1L, 150L, true), (finding.Kind, finding.Range, finding.Records, finding.Bytes, finding.IsWrong));
        Assert.Contains("logs-default-1970.01.11: 2 of 3", finding.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void More_records_than_counted_are_double()
    {
        FileCheckpoint file = _case.File(ranges: [new(100, 5000, Day, Day)]);
        _case.StoredOf(file).AddDurable(0, new(2, 90));
        AuditFinding finding = _case.Single();
        Assert.Equal((AuditFindingKind.Double, 0, 2L, 90L, true), (finding.Kind, finding.Range, finding.Records, finding.Bytes, finding.IsWrong));
    }

    [Fact]
    public void Records_in_a_range_that_the_ledger_never_counted_are_double()
    {
        FileCheckpoint file = _case.File(ranges: [new(100, 5000, Day, Day)]);
        _case.StoredOf(file).AddDurable(7, new(1, 10));
        Assert.Equal((AuditFindingKind.Double, 7), (_case.Single().Kind, _case.Single().Range));
    }

    [Fact]
    public void As_many_records_with_other_bytes_are_different()
    {
        FileCheckpoint file = _case.File(ranges: [new(100, 5000, Day, Day)]);
        _case.StoredOf(file).AddDurable(0, new(0, -1));
        Assert.Equal((AuditFindingKind.Different, -1L, true), (_case.Single().Kind, _case.Single().Bytes, _case.Single().IsWrong));
    }

    [Fact]
    public void Records_behind_the_durable_position_are_in_flight_and_not_double()
    {
        FileCheckpoint file = _case.File(ranges: [new(100, 5000, Day, Day)]);
        _case.StoredOf(file).AddInFlight(new(4, 200));
        AuditReport report = _case.Compare();
        Assert.Equal(AuditFindingKind.InFlight, Assert.Single(report.Findings).Kind);
        Assert.False(report.IsWrong);
        Assert.Equal(new StoreCount(4, 200), report.Totals.InFlight);
    }

    [Fact]
    public void Records_of_a_deleted_index_are_expired_and_not_missing()
    {
        FileCheckpoint file = _case.File(ranges: [new(100, 5000, 3, 3), new(10, 100, Day, Day)]);
        _case.StoredOf(file).AddDurable(0, new(-100, -5000));
        AuditFinding finding = _case.Single();
        Assert.Equal((AuditFindingKind.Expired, 0, 100L, false), (finding.Kind, finding.Range, finding.Records, finding.IsWrong));
        Assert.Equal(new StoreCount(100, 5000), _case.Compare().Totals.Expired);
    }

    [Fact]
    public void What_is_not_seen_of_a_closed_index_is_closed_and_not_missing()
    {
        FileCheckpoint file = _case.File(ranges: [new(100, 5000, 3, 3), new(10, 100, Day, Day)]);
        _case.StoredOf(file).AddDurable(0, new(-100, -5000));
        _case.Indices.Add(AuditCase.Index(3));
        _case.Closed.Add(AuditCase.Index(3));
        AuditFinding finding = _case.Single();
        Assert.Equal((AuditFindingKind.Closed, 0, 100L, true), (finding.Kind, finding.Range, finding.Records, finding.IsWrong));
        Assert.Equal(default, _case.Compare().Totals.Expired);
    }

    [Fact]
    public void Where_only_the_first_of_a_ranges_indices_is_gone_what_is_absent_may_have_gone_with_it()
    {
        FileCheckpoint file = _case.File(ranges: [new(100, 5000, Day - 1, Day)]);
        _case.StoredOf(file).AddDurable(0, new(-30, -900));
        Assert.Equal((AuditFindingKind.ExpiredInPart, 30L, false), (_case.Single().Kind, _case.Single().Records, _case.Single().IsWrong));
    }

    [Fact]
    public void A_day_without_an_index_between_two_with_one_excuses_nothing()
    {
        _case.Indices.Add(AuditCase.Index(Day - 4));
        FileCheckpoint file = _case.File(ranges: [new(100, 5000, Day - 4, Day)]);
        _case.StoredOf(file).AddDurable(0, new(-30, -900));
        Assert.Equal(AuditFindingKind.Missing, _case.Single().Kind);
    }

    [Fact]
    public void An_index_that_the_store_has_cut_to_its_size_excuses_what_is_absent()
    {
        FileCheckpoint file = _case.File(ranges: [new(100, 5000, Day, Day)]);
        _case.StoredOf(file).AddDurable(0, new(-30, -900));
        _case.Trimmed.Add(AuditCase.Index(Day));
        Assert.Equal(AuditFindingKind.ExpiredInPart, _case.Single().Kind);
    }

    [Fact]
    public void The_indices_are_those_of_the_pins_in_force_in_the_range()
    {
        FileCheckpoint file = _case.File(ranges: [new(100, 5000, Day, Day), new(10, 100, Day, Day)]);
        file.Pins.Add(file.Pins[0] with { FromOffsetBytes = RangeCount.RangeBytes, IndexTemplate = "archive-{day}" });
        _case.StoredOf(file).AddDurable(0, new(-1, -50));
        _case.StoredOf(file).AddDurable(1, new(-10, -100));
        Assert.Equal([(AuditFindingKind.Missing, 0), (AuditFindingKind.Expired, 1)], _case.Compare().Findings.Select(finding => (finding.Kind, finding.Range!.Value)));
    }

    [Fact]
    public void Dead_letters_that_are_there_are_rejected_and_those_that_are_not_are_missing()
    {
        _case.Indices.Add(AuditCase.Index(Day, "deadletter-"));
        FileCheckpoint file = _case.File(ranges: [new(100, 5000, Day, Day)]);
        file.DeadLettered.Add(new(5, 250, Day, Day));
        file.SizeBytes += 250;
        _case.StoredOf(file).AddDeadLetter(0, new(5, 250));
        AuditFinding finding = _case.Single();
        Assert.Equal((AuditFindingKind.Rejected, 5L, 250L, false), (finding.Kind, finding.Records, finding.Bytes, finding.IsWrong));

        _case.StoredOf(file).AddDeadLetter(0, new(-2, -100));
        Assert.Equal([(AuditFindingKind.DeadLetterMissing, 2L, 100L), (AuditFindingKind.Rejected, 3L, 150L)], _case.Compare().Findings.Select(found => (found.Kind, found.Records, found.Bytes)));
        Assert.True(_case.Compare().IsWrong);
    }

    [Fact]
    public void Lost_bytes_and_gaps_are_wrong()
    {
        FileCheckpoint file = _case.File(ranges: [new(100, 5000, Day, Day)]);
        file.LostBytes = 77;
        FileCheckpoint other = _case.File(stream: "/logs/b.log", ranges: [new(1, 10, Day, Day)]);
        (other.Gap, other.SizeBytes) = (true, 1010);
        _case.Disk.RemoveAt(1);
        Assert.Equal([(AuditFindingKind.Lost, 77L, true), (AuditFindingKind.Gap, 1000L, true)], _case.Compare().Findings.Select(found => (found.Kind, found.Bytes, found.IsWrong)));
        Assert.Equal((77L, 1), (_case.Compare().Totals.LostBytes, _case.Compare().Totals.Gaps));
    }

    [Fact]
    public void A_file_that_is_gone_with_bytes_unread_is_a_gap_and_without_is_nothing()
    {
        FileCheckpoint file = _case.File(ranges: [new(100, 5000, Day, Day)]);
        file.Complete = false;
        _case.Disk.Clear();
        _case.Gone.Add(file.Id);
        Assert.Empty(_case.Compare().Findings);

        file.SizeBytes = 5001;
        Assert.Equal((AuditFindingKind.Gap, 1L), (_case.Single().Kind, _case.Single().Bytes));
    }

    [Fact]
    public void Bytes_on_disk_behind_the_durable_position_and_unknown_files_are_unread()
    {
        FileCheckpoint file = _case.File(ranges: [new(100, 5000, Day, Day)]);
        file.Complete = false;
        _case.Disk[0] = _case.Disk[0] with { SizeBytes = 5600 };
        _case.Disk.Add(new DiskFile("/logs/new.log", 40, false, null));
        _case.Disk.Add(new DiskFile("/logs/empty.log", 0, false, null));
        AuditReport report = _case.Compare();
        Assert.Equal([("/logs/app.log.0", 600L, (int?)0), ("/logs/new.log", 40L, 0)], report.Findings.Select(found => (found.Path, found.Bytes, found.Range)));
        Assert.All(report.Findings, found => Assert.Equal(AuditFindingKind.Unread, found.Kind));
        Assert.False(report.IsWrong);
        Assert.Equal(640, report.Totals.UnreadBytes);
    }

    [Fact]
    public void A_file_and_its_compressed_copy_are_judged_once()
    {
        FileCheckpoint file = _case.File(ranges: [new(100, 5000, Day, Day)]);
        file.Complete = false;
        _case.Disk.Insert(0, new DiskFile(file.Path + ".gz", 300, true, file.Id));
        Assert.Empty(_case.Compare().Findings);
    }

    [Fact]
    public void What_is_appended_to_a_file_that_was_left_is_lost()
    {
        _case.File(ranges: [new(100, 5000, Day, Day)]);
        _case.Disk[0] = _case.Disk[0] with { SizeBytes = 5003 };
        Assert.Equal((AuditFindingKind.Lost, 3L), (_case.Single().Kind, _case.Single().Bytes));
    }

    [Fact]
    public void A_record_that_spans_two_files_is_counted_where_it_begins_and_the_stream_adds_up()
    {
        FileCheckpoint first = _case.File(LogFormat.Cri, ranges: [new(10, 1000, Day, Day)]), second = _case.File(LogFormat.Cri, ranges: [new(10, 1000, Day, Day)]);
        first.SizeBytes -= 120;
        _case.Disk[0] = _case.Disk[0] with { SizeBytes = first.SizeBytes };
        second.SizeBytes += 120;
        Assert.Empty(_case.Compare().Findings);

        second.SizeBytes += 1;
        Assert.Equal((AuditFindingKind.Unaccounted, "/logs/app.log", 1L), (_case.Single().Kind, _case.Single().Path, _case.Single().Bytes));
    }

    [Fact]
    public void Dropped_bytes_are_accounted_for()
    {
        FileCheckpoint file = _case.File(ranges: [new(100, 5000, Day, Day)]);
        file.SizeBytes += 90;
        Assert.Equal(AuditFindingKind.Unaccounted, _case.Single().Kind);
        file.DroppedBytes = 90;
        Assert.Empty(_case.Compare().Findings);
    }

    [Fact]
    public void While_the_outputs_stand_at_different_offsets_only_the_bounds_can_be_checked()
    {
        FileCheckpoint file = _case.File(LogFormat.Cri, ranges: [new(100, 5000, Day, Day)]);
        file.Complete = false;
        file.LanePositions[1] = new(4000, default);
        file.LanePositions[2] = new(6000, default);
        _case.Disk.Clear();
        Assert.Empty(_case.Compare().Findings);

        file.LanePositions[0] = file.LanePositions[1] = file.LanePositions[2] = new(6000, default);
        Assert.Equal((AuditFindingKind.Unaccounted, 1000L), (_case.Single().Kind, _case.Single().Bytes));
    }

    [Fact]
    public void An_open_record_of_a_plain_file_holds_only_its_own_sub_stream_back()
    {
        FileCheckpoint file = _case.File(ranges: [new(100, 5000, Day, Day)]);
        file.Complete = false;
        file.LanePositions[1] = file.LanePositions[2] = new(5080, default);
        file.SizeBytes = 5080;
        _case.Disk[0] = _case.Disk[0] with { SizeBytes = 5080 };
        Assert.Equal((AuditFindingKind.Unread, 80L), (_case.Single().Kind, _case.Single().Bytes));
    }

    [Fact]
    public void The_gravest_come_first()
    {
        FileCheckpoint file = _case.File(ranges: [new(100, 5000, Day, Day), new(10, 100, Day, Day), new(10, 100, 3, 3)]);
        _case.StoredOf(file).AddDurable(0, new(1, 5));
        _case.StoredOf(file).AddDurable(1, new(-1, -5));
        _case.StoredOf(file).AddDurable(2, new(-10, -100));
        Assert.Equal([AuditFindingKind.Missing, AuditFindingKind.Double, AuditFindingKind.Expired], _case.Compare().Findings.Select(found => found.Kind));
    }
}
