using LogPipeline.Formats;
using LogPipeline.Joining;
using LogPipeline.Ledger;
using LogPipeline.Sources;
using LogPipeline.Tailing;

namespace LogPipeline.Tests.Ledger;

public sealed class FileCheckpointCodecTests
{
    private static readonly FileId Id = new(new UInt128(1, 2));

    [Fact]
    public void Everything_that_is_written_is_read_again()
    {
        FileCheckpoint file = Sample();
        (file.IsCopy, file.IsLate, file.EndBytes) = (true, true, 77);

        Assert.True(FileCheckpointCodec.TryRead(Id, FileCheckpointCodec.Write(file), out FileCheckpoint? read));

        Assert.Equivalent(file, read, strict: true);
    }

    [Fact]
    public void How_far_a_suspected_file_was_read_is_written_for_those_alone()
    {
        FileCheckpoint file = Sample();
        int without = FileCheckpointCodec.Write(file).Length;
        Assert.Equal(2, FileCheckpointCodec.Write(file)[0]);
        file.SuspectedFromBytes = 0;
        byte[] bytes = FileCheckpointCodec.Write(file);
        Assert.Equal((3, without + 1), (bytes[0], bytes.Length));
        Assert.True(FileCheckpointCodec.TryRead(Id, bytes, out FileCheckpoint? read));
        Assert.Equivalent(file, read, strict: true);
    }

    [Fact]
    public void Earlier_tails_stand_behind_what_an_older_program_reads()
    {
        foreach (long suspectedFrom in (long[])[-1, 7])
        {
            FileCheckpoint file = Sample();
            (file.Complete, file.SuspectedFromBytes) = (false, suspectedFrom);
            byte[] without = FileCheckpointCodec.Write(file);
            file.EarlierTails.AddRange([new(4000, 1), new(4700, uint.MaxValue)]);
            byte[] bytes = FileCheckpointCodec.Write(file);
            Assert.Equal(without, bytes[..without.Length]);
            Assert.True(FileCheckpointCodec.TryRead(Id, bytes, out FileCheckpoint? read));
            Assert.Equivalent(file, read, strict: true);

            file.Complete = true;
            Assert.Empty(file.EarlierTails);
        }
    }

    [Fact]
    public void Bytes_that_are_no_checkpoint_are_refused_and_never_throw()
    {
        byte[] good = FileCheckpointCodec.Write(Sample());
        var random = new Random(7);
        for (int length = 0; length < good.Length; length++) Assert.False(FileCheckpointCodec.TryRead(Id, good.AsSpan(0, length), out _), $"{length} of {good.Length} bytes");
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bad = [.. good];
            for (int flips = random.Next(1, 4); flips > 0; flips--) bad[random.Next(bad.Length)] = (byte)random.Next(256);
            FileCheckpointCodec.TryRead(Id, bad, out _);
        }
    }

    [Fact]
    public void A_version_of_the_future_is_refused()
    {
        byte[] bytes = FileCheckpointCodec.Write(Sample());
        bytes[0] = 99;
        Assert.False(FileCheckpointCodec.TryRead(Id, bytes, out _));
    }

    /// <summary>The bytes that version 1 wrote: a reader of every later release reads them.</summary>
    [Fact]
    public void Version_1_stays_readable()
    {
        byte[] recorded = Convert.FromBase64String(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "../../../../recorded/ledger/file-checkpoint-v1.base64")).Trim());

        Assert.True(FileCheckpointCodec.TryRead(Id, recorded, out FileCheckpoint? read));
        Assert.Equivalent(Sample(), read, strict: true);
    }

    internal static FileCheckpoint Sample()
    {
        var file = new FileCheckpoint
        {
            Id = Id, StreamKey = "/var/log/pods/a/0.log", Ordinal = 1_795_190_000, Kind = SourceKind.Kubelet, Path = "/var/log/pods/a/0.log.1", Device = 5, Inode = ulong.MaxValue,
            BirthNanos = 17, Compressed = true, Complete = true, Gap = true, Fingerprint = new FileFingerprint(99, 0xfeedface), TailCrc = new TailCrc(4711, 0xdeadbeef),
            HorizonBytes = 1L << 40, SizeBytes = 12, LastSeenMillis = 13, DroppedBytes = 14, LostBytes = 15,
        };
        file.LanePositions[1] = new LanePosition(100, new LaneState(3));
        file.LanePositions[2] = new LanePosition(200, default);
        file.Pins.Add(new Pin { FromOffsetBytes = 0, Format = LogFormat.Cri, Tenant = "t", IndexTemplate = "logs-t-{day}", JoiningRule = "r", Parser = "auto", Day = -1, Path = "p", ResourceJson = "\"ä\":1" });
        file.Pins.Add(file.Pins[0] with { FromOffsetBytes = 50, Tenant = "u", Day = 20_000 });
        file.Cuts.Add(new SilenceCut(SubStream.Stderr, 150));
        file.CountStored(0, new RangeCount(2, 30, 5, 6));
        file.CountStored(3, new RangeCount(1, 7, 6, 6));
        file.CountDeadLettered(1, new RangeCount(1, 1, 5, 5));
        return file;
    }
}
