namespace LogPipeline.Tests.Simulation.Storing;

/// <summary>What may befall one request. As OpenSearch 1.3 to 3 and proxies before it were seen to behave.</summary>
internal enum StoreFault
{
    None, NotConnected, ClosedBefore, ClosedWithin, ClosedAfter, NeverAnswered, Overloaded, Unavailable, BadGateway, GatewayTimeout, Unauthorized, NotReadable, CutShort, ItemDropped, ItemAdded, ArrivesTwice,
    ItemsRetried, IndexRefused, IndexClosed,
}
