using LogPipeline.Formats;
using LogPipeline.Ledger;
using LogPipeline.Ledger.Audit;
using LogPipeline.Ledger.Whereabouts;
using LogPipeline.Sources;
using LogPipeline.Tailing;

namespace LogPipeline.Tests.Ledger.Whereabouts;

public sealed class LineVerdictTests
{
    private const int Day = 20_000;

    [Fact]
    public void What_the_store_has_goes_before_everything()
    {
        Assert.Equal(LineFate.Stored, Of(new LineEvidence { OffsetBytes = 5, HasRecord = true }));
        Assert.Equal(LineFate.Stored, Of(new LineEvidence { OffsetBytes = 500, HasRecord = true, File = File(gap: true) }));
        Assert.Equal(LineFate.Rejected, Of(new LineEvidence { OffsetBytes = 5, HasRecord = true, HasDeadLetter = true, File = File() }));
    }

    [Theory]
    [InlineData(99, LineFate.Missing)]
    [InlineData(100, LineFate.Unread)]
    public void The_durable_position_is_that_of_the_lines_own_sub_stream(long offset, LineFate fate)
    {
        Assert.Equal(fate, Of(Known(offset) with { Lane = SubStream.Stdout }));
        // stderr is durable to 50 only, and of a line that cannot be read the smaller one counts.
        Assert.Equal(LineFate.Unread, Of(Known(offset) with { Lane = SubStream.Stderr }));
        Assert.Equal(LineFate.Unread, Of(Known(offset)));
    }

    [Fact]
    public void A_store_that_does_not_answer_leaves_what_the_ledger_says() =>
        Assert.Equal(LineFate.Acknowledged, Of(Known(10) with { StoreAnswers = false }));

    [Theory]
    [InlineData("logs-t-2024.10.04", LineFate.Missing)]
    [InlineData("logs-t-2024.10.05", LineFate.Expired)]
    public void A_record_whose_index_is_gone_is_expired(string existing, LineFate fate) =>
        Assert.Equal(fate, Of(Known(10) with { Indices = new ExistingIndices([existing]) }));

    [Fact]
    public void What_a_running_pipeline_has_read_is_in_flight_and_what_it_has_not_is_unread()
    {
        LineEvidence running = Known(120) with { Running = true, ReadToBytes = 130 };
        Assert.Equal(LineFate.InFlight, Of(running));
        Assert.Equal(LineFate.Unread, Of(running with { OffsetBytes = 130 }));
        Assert.Equal(LineFate.Unread, Of(running with { ReadToBytes = null }));
        Assert.Equal(LineFate.Unread, Of(running with { Running = false }));
        Assert.Equal(LineFate.Unterminated, Of(running with { Unterminated = true }));
    }

    [Fact]
    public void A_file_without_a_name_may_be_held_open_by_a_running_pipeline_only()
    {
        LineEvidence gone = Known(120) with { FileOnDisk = false, ByteOnDisk = false };
        Assert.Equal(LineFate.Destroyed, Of(gone));
        Assert.Equal(LineFate.BehindTheEnd, Of(gone with { OffsetBytes = 200 }));
        Assert.Equal(LineFate.InFlight, Of(gone with { Running = true, ReadToBytes = 121 }));
    }

    [Fact]
    public void A_gap_and_a_loss_are_destroyed()
    {
        Assert.Equal(LineFate.Destroyed, Of(Known(120) with { File = File(gap: true) }));
        Assert.Equal(LineFate.Missing, Of(Known(20) with { File = File(gap: true) }));
        FileCheckpoint lost = File();
        lost.Complete = true;
        lost.LostBytes = 40;
        Assert.Equal(LineFate.Destroyed, Of(Known(239) with { File = lost, ByteOnDisk = false }));
        Assert.Equal(LineFate.BehindTheEnd, Of(Known(240) with { File = lost, ByteOnDisk = false }));
        Assert.Equal(LineFate.LeftBehind, Of(Known(240) with { File = lost }));
    }

    [Fact]
    public void What_a_policy_dropped_at_the_beginning_of_a_file_is_dropped()
    {
        FileCheckpoint file = File();
        file.DroppedBytes = 30;
        Assert.Equal(LineFate.Dropped, Of(Known(29) with { File = file }));
        Assert.Equal(LineFate.Missing, Of(Known(30) with { File = file }));
    }

    [Fact]
    public void A_file_that_the_ledger_does_not_know_is_told_by_why()
    {
        var unknown = new LineEvidence { OffsetBytes = 5, FileOnDisk = true, ByteOnDisk = true, StoreAnswers = true };
        Assert.Equal(LineFate.Unread, Of(unknown));
        Assert.Equal(LineFate.Unread, Of(unknown with { Running = true, ReadToBytes = 5 }));
        Assert.Equal(LineFate.History, Of(unknown with { History = true }));
        Assert.Equal(LineFate.NotNamed, Of(unknown with { Named = false }));
        Assert.Equal(LineFate.BehindTheEnd, Of(unknown with { ByteOnDisk = false }));
        Assert.Equal(LineFate.Unreadable, Of(unknown with { ByteOnDisk = false, Unreadable = true }));
        Assert.Equal(LineFate.Unknown, Of(unknown with { FileOnDisk = false, ByteOnDisk = false }));
    }

    private static LineFate Of(LineEvidence evidence) => LineVerdict.Of(evidence);

    private static LineEvidence Known(long offset) =>
        new() { OffsetBytes = offset, File = File(), FileOnDisk = true, ByteOnDisk = true, StoreAnswers = true, Indices = new ExistingIndices(["logs-t-2024.10.04"]) };

    // 200 bytes; stdout is durable to 100, stderr to 50.
    private static FileCheckpoint File(bool gap = false)
    {
        var file = new FileCheckpoint { Id = new FileId(7), StreamKey = "/a", Ordinal = 1, Kind = SourceKind.Kubelet, Fingerprint = default, SizeBytes = 200, Gap = gap, Complete = gap };
        file.Pins.Add(new Pin { FromOffsetBytes = 0, Format = LogFormat.Cri, Tenant = "t", IndexTemplate = "logs-t-{day}", JoiningRule = "", Parser = "auto", Day = -1, Path = "/a", ResourceJson = "" });
        file.LanePositions[(int)SubStream.None] = new(100, default);
        file.LanePositions[(int)SubStream.Stdout] = new(100, default);
        file.LanePositions[(int)SubStream.Stderr] = new(50, default);
        file.CountStored(0, new(3, 100, Day, Day));
        return file;
    }
}
