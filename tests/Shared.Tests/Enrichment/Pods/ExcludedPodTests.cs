using LogPipeline.Ledger;

namespace LogPipeline.Tests.Enrichment.Pods;

/// <summary>Pods that ask not to be read: nothing of them goes out, nothing waits, and every byte is counted as dropped.</summary>
public sealed class ExcludedPodTests : IDisposable
{
    private static readonly (string, string) Exclude = ("logpipeline.io/exclude", "true");
    private static readonly string Cart = PodStreams.LogOf("cart-1", "u1");

    private readonly PodStreams _node = new(PodStreamsTests.Options());
    private readonly Counted _dropped = new("logpipeline_dropped_bytes", "excluded"), _lost = new("logpipeline_lost_bytes"), _read = new("logpipeline_read_bytes");

    public void Dispose()
    {
        _dropped.Dispose();
        _lost.Dispose();
        _read.Dispose();
        _node.Dispose();
    }

    [Fact]
    public void Nothing_of_an_excluded_pod_is_read_sent_or_lost_and_all_of_it_is_counted()
    {
        _node.Directory.Put(PodStreamsTests.Pod("u1", Exclude));
        _node.Write(Cart, "secret");
        _node.Write(Cart, "more");
        Assert.Empty(_node.Sent);
        Assert.Equal(0, _node.BacklogOf(Cart));
        FileCheckpoint file = Assert.Single(_node.Recorded(Cart));
        Assert.Equal(file.ResumeOffsetBytes, file.DroppedBytes);
        Assert.Equal((file.DroppedBytes, 0, 0), (_dropped.Value, _lost.Value, _read.Value));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Also_not_what_is_older_than_the_positions_so_that_the_store_may_have_it(bool knownFirst)
    {
        _node.Minute = "2026-11-20T16:30";
        if (knownFirst) _node.Directory.Put(PodStreamsTests.Pod("u1", Exclude));
        _node.Write(Cart, "secret");
        _node.Directory.Put(PodStreamsTests.Pod("u1", Exclude));
        _node.Read(Cart);
        Assert.Empty(_node.Sent);
        Assert.Equal(0, _node.BacklogOf(Cart));
    }

    [Fact]
    public void It_stays_so_in_the_next_file_and_after_a_restart_when_the_pod_is_deleted()
    {
        _node.Directory.Put(PodStreamsTests.Pod("u1", Exclude));
        _node.Write(Cart, "secret");
        _node.Rotate(Cart, ".20261120-164010");
        _node.Write(Cart, "in the next file");
        _node.Read(Cart);
        Assert.True(_node.Recorded(Cart)[0].Complete);
        _node.Restart();
        _node.Write(Cart, "after the restart");
        _node.Time.Advance(TimeSpan.FromSeconds(10));
        _node.Read(Cart);
        Assert.Empty(_node.Sent);
        Assert.Equal(_node.Recorded(Cart).Sum(file => file.ResumeOffsetBytes), _dropped.Value);
        Assert.Equal(0, _lost.Value);
    }

    [Fact]
    public void A_pod_that_is_excluded_later_keeps_what_was_sent_and_goes_on_when_it_is_not_any_more()
    {
        _node.Directory.Put(PodStreamsTests.Pod("u1"));
        _node.Write(Cart, "before");
        _node.Directory.Put(PodStreamsTests.Pod("u1", Exclude));
        _node.Write(Cart, "secret");
        _node.Directory.Put(PodStreamsTests.Pod("u1"));
        _node.Write(Cart, "after");
        Assert.Equal(2, _node.Sent.Count);
        Assert.EndsWith("before\n", _node.Sent[0].Text, StringComparison.Ordinal);
        Assert.EndsWith("after\n", _node.Sent[1].Text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", _node.Sent[1].Text, StringComparison.Ordinal);
        FileCheckpoint file = Assert.Single(_node.Recorded(Cart));
        Assert.Equal(file.DroppedBytes + _node.Sent.Sum(sent => sent.Text.Length), file.ResumeOffsetBytes);
    }

    [Fact]
    public void What_waits_for_its_pod_is_left_out_as_a_whole_when_that_asks_for_it()
    {
        _node.Write(Cart, "secret");
        _node.Directory.Put(PodStreamsTests.Pod("u1", Exclude));
        _node.Read(Cart);
        Assert.Empty(_node.Sent);
        Assert.True(_dropped.Value > 0);
        Assert.Equal(0, _node.BacklogOf(Cart));
    }
}
