using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;

namespace LogPipeline.Node.Positions;

/// <summary>The events and snapshots of positions in the database: their bytes as they are. Manifests are never used again for another form.</summary>
public sealed class CheckpointSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private const string BatchManifest = "b1", SnapshotManifest = "s1";

    public override int Identifier => 74_311;

    public override string Manifest(object o) => o is CheckpointBatch ? BatchManifest : SnapshotManifest;

    public override byte[] ToBinary(object obj) => obj switch
    {
        CheckpointBatch batch => batch.Payload,
        CheckpointSnapshot snapshot => snapshot.Payload,
        _ => throw new ArgumentException($"{obj.GetType().Name} is not kept with positions.", nameof(obj)),
    };

    public override object FromBinary(byte[] bytes, string manifest) => manifest switch
    {
        BatchManifest => new CheckpointBatch(bytes),
        SnapshotManifest => new CheckpointSnapshot(bytes),
        _ => throw new SerializationException($"Positions of the form '{manifest}' were written by a newer program."),
    };
}
