using LogPipeline.Ledger;
using LogPipeline.Sources;
using LogPipeline.Tailing;

namespace LogPipeline.Tests.Tailing;

public sealed class TailedFileTests : IDisposable
{
    private readonly InMemoryFileSystem _disk = new();
    private readonly string _path;

    public TailedFileTests() => _path = _disk.Root + "/0.log.20261120-101112.gz";

    public void Dispose() => _disk.Dispose();

    [Fact]
    public void A_first_run_that_only_suspects_an_earlier_one_has_nothing_to_read_again()
    {
        using TailedFile file = TakeUp(horizon: TailedFile.UnknownSizeBytes);
        file.SuspectedBytes = 0;
        Assert.Equal(0, file.ReplayLeftBytes);
    }

    [Fact]
    public void A_run_after_one_that_suspected_reads_again_what_that_one_had_read()
    {
        using TailedFile first = TakeUp(horizon: 5000);
        first.SuspectedBytes = first.Checkpoint.SuspectedFromBytes = 0;
        using TailedFile unread = Again(first.Checkpoint);
        Assert.Equal(0, unread.ReplayLeftBytes);

        first.ReadOffset = 2000;
        first.DrawHorizonIn(0);
        using TailedFile read = Again(first.Checkpoint);
        Assert.Equal(2000, read.ReplayLeftBytes);
    }

    [Fact]
    public void A_compressed_file_of_unknown_size_has_no_terabytes_to_read_again()
    {
        using TailedFile file = TakeUp(horizon: TailedFile.UnknownSizeBytes);
        Assert.Equal(0, file.ReplayLeftBytes);
    }

    [Fact]
    public void What_the_ledger_says_was_sent_and_was_not_read_again_is_left()
    {
        using TailedFile file = TakeUp(horizon: 5000);
        Assert.Equal(5000, file.ReplayLeftBytes);
        file.ReadOffset = 3000;
        Assert.Equal(2000, file.ReplayLeftBytes);
    }

    [Fact]
    public void A_compressed_file_is_backlog_until_its_end_was_read_and_is_durable()
    {
        using TailedFile file = TakeUp(horizon: 0);
        Assert.True(file.BacklogBytes > 0, "nothing of it was read yet");
        file.SizeBytes = file.ReadOffset = 7;
        file.Finished = true;
        Assert.Equal(7, file.BacklogBytes);
        file.Checkpoint.LanePositions.AsSpan().Fill(new(7, default));
        Assert.Equal(0, file.BacklogBytes);
    }

    [Fact]
    public void Of_the_tails_before_the_durable_one_those_are_recorded_that_lie_near_and_some_that_lie_far()
    {
        using TailedFile file = TakeUp(horizon: 0);
        for (int at = 1; at <= 50; at++) file.Tail = new TailCrc(at * 100, (uint)at);
        file.Checkpoint.TailCrc = new TailCrc(4850, 0);

        file.RecordEarlierTails();
        Assert.Equal([3300, 4100, 4500, 4700, 4800], file.Checkpoint.EarlierTails.Select(tail => tail.OffsetBytes));

        using TailedFile again = Again(file.Checkpoint);
        again.Tail = new TailCrc(4900, 49);
        again.RecordEarlierTails();
        Assert.Equal([4100, 4700, 4800], again.Checkpoint.EarlierTails.Select(tail => tail.OffsetBytes));
    }

    private TailedFile TakeUp(long horizon) =>
        Again(new FileCheckpoint { Id = default, StreamKey = _path, Ordinal = 1, Kind = SourceKind.Kubelet, Fingerprint = FileFingerprint.Of("a line\n"u8), HorizonBytes = horizon });

    private TailedFile Again(FileCheckpoint checkpoint)
    {
        _disk.Write(_path, "a line\n"u8.ToArray());
        var found = new DiscoveredFile { Path = _path, Device = 1, Inode = 2, SizeBytes = 7, BirthNanos = 3, ModifiedNanos = 4, Live = false, Compressed = true };
        return new TailedFile(checkpoint, found, _disk.Open(_path)) { ReplayEnd = checkpoint.HorizonBytes };
    }
}
