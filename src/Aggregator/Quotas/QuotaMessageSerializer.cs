using System.Runtime.Serialization;
using System.Text.Json;
using Akka.Actor;
using Akka.Serialization;

namespace LogPipeline.Aggregator.Quotas;

/// <summary>Puts the two messages about quotas on the wire, as JSON: they are few.</summary>
public sealed class QuotaMessageSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>Names this serializer on the wire; never used for another one.</summary>
    public const int WireIdentifier = 74_311;

    /// <summary>Binds the messages to it.</summary>
    public const string Hocon = """
        akka.actor {
          serializers.quota-message = "LogPipeline.Aggregator.Quotas.QuotaMessageSerializer, pipeline-aggregator"
          serialization-bindings {
            "LogPipeline.Aggregator.Quotas.ReportDemands, pipeline-aggregator" = quota-message
            "LogPipeline.Aggregator.Quotas.GrantQuotas, pipeline-aggregator" = quota-message
          }
        }
        """;

    private const string DemandsManifest = "qd1", GrantsManifest = "qg1";

    public override int Identifier => WireIdentifier;

    public override string Manifest(object o) => o is ReportDemands ? DemandsManifest : GrantsManifest;

    public override byte[] ToBinary(object obj) => JsonSerializer.SerializeToUtf8Bytes(obj, obj.GetType());

    public override object FromBinary(byte[] bytes, string manifest) =>
        (manifest switch
        {
            DemandsManifest => JsonSerializer.Deserialize<ReportDemands>(bytes),
            GrantsManifest => (object?)JsonSerializer.Deserialize<GrantQuotas>(bytes),
            _ => null,
        }) ?? throw new SerializationException($"{bytes.Length} bytes are no message '{manifest}' that this version knows.");
}
