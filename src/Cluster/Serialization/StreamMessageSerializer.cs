using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;
using LogPipeline.Protocol;
using LogPipeline.Protocol.Messages;

namespace LogPipeline.Cluster.Serialization;

/// <summary>Puts the messages of the protocol on the wire by <see cref="MessageCodec"/>: bound to <see cref="IStreamMessage"/>, so that none of them ever falls back to JSON.</summary>
public sealed class StreamMessageSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>Names this serializer on the wire; never used for another one.</summary>
    public const int WireIdentifier = 74_310;

    public override int Identifier => WireIdentifier;

    public override string Manifest(object o) => MessageCodec.ManifestOf((IStreamMessage)o);

    public override byte[] ToBinary(object obj) => MessageCodec.Encode((IStreamMessage)obj);

    /// <summary>Throws <see cref="SerializationException"/> when the bytes are of an unknown grammar: the transport logs and drops the message, and the protocol misses it.</summary>
    public override object FromBinary(byte[] bytes, string manifest) =>
        MessageCodec.TryDecode(manifest, bytes) ?? throw new SerializationException($"{bytes.Length} bytes are no message '{manifest}' that this version knows.");
}
