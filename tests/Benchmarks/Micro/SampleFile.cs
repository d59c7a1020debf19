using LogPipeline.Indexing;
using LogPipeline.Ledger;
using LogPipeline.Sources;
using LogPipeline.Tailing;

namespace LogPipeline.Benchmarks.Micro;

/// <summary>A file of a container as the ledger knows it.</summary>
internal static class SampleFile
{
    public static FileId Id { get; } = new(0x1234_5678_9ABC_DEF0UL);

    public static Pin Pin(string parser) => new()
    {
        FromOffsetBytes = 0, Format = LogFormat.Cri, Tenant = "shop", IndexTemplate = "logs-shop-{day}", JoiningRule = "", Parser = parser, Day = -1,
        Path = "/var/log/pods/shop_cart-7d9c_0a1b2c3d-0000-4000-8000-000000000001/cart/0.log",
        ResourceJson = "\"k8s.namespace.name\":\"shop\",\"k8s.pod.name\":\"cart-7d9c\",\"k8s.pod.uid\":\"0a1b2c3d-0000-4000-8000-000000000001\",\"k8s.container.name\":\"cart\",\"k8s.node.name\":\"node-1\"",
    };

    public static DocumentPrefix Prefix(string parser) => new(Id, Pin(parser), restart: 0, ordinal: 1_795_190_000);

    public static FileCheckpoint Checkpoint(int number)
    {
        var checkpoint = new FileCheckpoint
        {
            Id = new FileId((UInt128)(number + 1)), StreamKey = $"/var/log/pods/shop_cart-{number}/cart/0", Ordinal = 1_795_190_000, Kind = SourceKind.Kubelet,
            Path = $"/var/log/pods/shop_cart-{number}/cart/0.log", Fingerprint = default, HorizonBytes = 1 << 20,
        };
        checkpoint.Pins.Add(Pin("auto"));
        checkpoint.CountStored(0, new RangeCount(1000, 200_000, 20_777, 20_777));
        return checkpoint;
    }
}
