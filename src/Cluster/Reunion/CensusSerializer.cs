using System.Buffers.Binary;
using System.Runtime.Serialization;
using System.Text;
using Akka.Actor;
using Akka.Serialization;

namespace LogPipeline.Cluster.Reunion;

/// <summary>Puts a <see cref="ClusterCensus"/> on the wire: aggregators and members, 32 bits each, little endian, then the founder in UTF-8.</summary>
public sealed class CensusSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private const string ManifestOfCensus = "census";
    private const int FixedBytes = 2 * sizeof(int);

    /// <summary>Names this serializer on the wire; never used for another one.</summary>
    public override int Identifier => 74_312;

    public override string Manifest(object o) => ManifestOfCensus;

    public override byte[] ToBinary(object obj)
    {
        var census = (ClusterCensus)obj;
        byte[] bytes = new byte[FixedBytes + Encoding.UTF8.GetByteCount(census.Founder)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, census.Aggregators);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(sizeof(int)), census.Members);
        Encoding.UTF8.GetBytes(census.Founder, bytes.AsSpan(FixedBytes));
        return bytes;
    }

    public override object FromBinary(byte[] bytes, string manifest)
    {
        if (manifest != ManifestOfCensus || bytes.Length < FixedBytes) throw new SerializationException($"{bytes.Length} bytes are no message '{manifest}' that this version knows.");
        return new ClusterCensus(
            Encoding.UTF8.GetString(bytes.AsSpan(FixedBytes)), BinaryPrimitives.ReadInt32LittleEndian(bytes), BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(sizeof(int))));
    }
}
