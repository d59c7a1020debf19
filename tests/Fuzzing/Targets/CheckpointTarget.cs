using LogPipeline.Ledger;
using LogPipeline.Tailing;
using LogPipeline.Tests.Engine;

namespace LogPipeline.Tests.Targets;

/// <summary>The value of one file in the journal: what is read is written again as it was understood, and what is not whole is refused.</summary>
internal sealed class CheckpointTarget : FuzzTarget
{
    public override string Name => "checkpoint";

    public override void Check(byte[] input, Random random)
    {
        if (!FileCheckpointCodec.TryRead(new FileId(7), input, out FileCheckpoint? file)) return;
        byte[] written = FileCheckpointCodec.Write(file!);
        Hold(FileCheckpointCodec.TryRead(new FileId(7), written, out FileCheckpoint? again), "what was written is refused");
        Hold(written.AsSpan().SequenceEqual(FileCheckpointCodec.Write(again!)), "what is read is not what was written");
        for (int cut = 0; cut < written.Length; cut += 1 + random.Next(8))
            Hold(!FileCheckpointCodec.TryRead(new FileId(7), written.AsSpan(0, cut), out _), $"{cut} of {written.Length} bytes are taken for whole");
    }
}
