using LogPipeline.Configuration;
using LogPipeline.Indexing;

namespace LogPipeline.Tests.Indexing.Bodies;

public sealed class BodyAssemblerTests
{
    private readonly BodyAssembler _assembler = new(new IndexingOptions { MaxBodyBytes = 1000, MaxBodyAge = TimeSpan.FromHours(1) }, TimeProvider.System);

    [Fact]
    public void A_body_goes_at_once_when_nothing_of_its_tenant_is_under_way()
    {
        Fill("a", 10);
        Assert.Equal(["a"], _assembler.TakeDue(_ => 0).Select(body => body.Tenant));
        Assert.True(_assembler.IsEmpty);
    }

    [Fact]
    public void A_body_waits_for_more_while_another_of_its_tenant_is_under_way()
    {
        Fill("a", 10);
        Fill("b", 10);
        Assert.Equal(["b"], _assembler.TakeDue(tenant => tenant == "a" ? 1 : 0).Select(body => body.Tenant));
        Assert.Equal(10, _assembler.Bytes);
    }

    [Fact]
    public void A_full_body_goes_whatever_is_under_way()
    {
        Fill("a", 2000);
        Assert.Single(_assembler.TakeDue(_ => 5));
    }

    [Fact]
    public void What_must_be_looked_up_never_shares_a_body_with_what_must_not()
    {
        BulkBody looked = _assembler.Open("a", lookUpFirst: true), fresh = _assembler.Open("a", lookUpFirst: false);
        Assert.NotSame(looked, fresh);
        Assert.True(looked.LookUpFirst);
        Assert.False(fresh.LookUpFirst);
    }

    private void Fill(string tenant, int bytes)
    {
        BulkBody body = _assembler.Open(tenant, lookUpFirst: false);
        body.GetSpan(bytes);
        body.Advance(bytes);
        _assembler.Appended(body);
    }
}
