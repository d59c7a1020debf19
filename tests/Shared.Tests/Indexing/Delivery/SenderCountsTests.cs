using LogPipeline.Tests.Enrichment.Pods;

namespace LogPipeline.Tests.Indexing.Delivery;

public sealed class SenderCountsTests
{
    [Fact]
    public void Records_are_counted_by_tenant_once_however_often_they_are_sent()
    {
        using Counted a = new("logpipeline_records", "a"), all = new("logpipeline_records");
        Queue<StoreReply> replies = new([StoreReply.Items((201, null), (429, "rejected_execution_exception")), StoreReply.Created(1), StoreReply.Created(1)]);
        using SenderUnderTest test = new(_ => replies.Dequeue());
        test.Deliver(Documents.Body("a", 1, 2));
        test.Deliver(Documents.Body("b", 3));
        Assert.Equal((2, 3), (a.Value, all.Value));
    }
}
