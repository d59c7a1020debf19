using System.Buffers.Binary;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;

namespace LogPipeline.Cluster.Connections;

/// <summary>Puts the question for a port and its answer on the wire: nothing, and the port in 16 bits, little endian.</summary>
public sealed class ChunkPortSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private const string ManifestOfQuestion = "q1", ManifestOfPort = "p1";

    /// <summary>Names this serializer on the wire; never used for another one.</summary>
    public override int Identifier => 74_313;

    public override string Manifest(object o) => o is AskChunkPort ? ManifestOfQuestion : ManifestOfPort;

    public override byte[] ToBinary(object obj)
    {
        if (obj is not ChunkPort port) return [];
        byte[] bytes = new byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)port.Port);
        return bytes;
    }

    public override object FromBinary(byte[] bytes, string manifest) => manifest switch
    {
        ManifestOfQuestion => AskChunkPort.Instance,
        ManifestOfPort when bytes.Length == sizeof(ushort) => new ChunkPort(BinaryPrimitives.ReadUInt16LittleEndian(bytes)),
        _ => throw new SerializationException($"{bytes.Length} bytes are no message '{manifest}' that this version knows."),
    };
}
