using System.Text.Json;
using LogPipeline.Node.Metadata;

namespace LogPipeline.Tests.Metadata;

/// <summary>What is asked of the Kubernetes API next, by how the requests before ended.</summary>
public sealed class WatchProgressTests
{
    private readonly WatchProgress _progress = new(new Random(1).NextDouble);

    [Fact]
    public void It_begins_with_a_list_that_the_servers_cache_may_answer_and_watches_from_there()
    {
        Assert.Equal((true, "0", TimeSpan.Zero), (_progress.Next().IsList, _progress.Next().ResourceVersion, _progress.Next().After));
        _progress.Listed("940");
        WatchRequest watch = _progress.Next();
        Assert.Equal((false, "940", TimeSpan.Zero), (watch.IsList, watch.ResourceVersion, watch.After));
    }

    [Fact]
    public void When_the_server_ends_a_watch_it_watches_on_at_once_from_the_newest_version_also_one_that_only_a_bookmark_told()
    {
        _progress.Listed("940");
        _progress.Seen("961");
        _progress.Seen("1783");
        _progress.Ended(TimeSpan.FromMinutes(45));
        WatchRequest watch = _progress.Next();
        Assert.Equal((false, "1783", TimeSpan.Zero), (watch.IsList, watch.ResourceVersion, watch.After));
    }

    [Fact]
    public void A_lost_connection_costs_a_pause_and_no_list()
    {
        _progress.Listed("940");
        _progress.Failed();
        WatchRequest watch = _progress.Next();
        Assert.Equal((false, "940"), (watch.IsList, watch.ResourceVersion));
        Assert.InRange(watch.After, TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void A_version_that_is_too_old_costs_a_pause_and_a_list_that_is_not_older_than_what_was_seen()
    {
        _progress.Listed("940");
        _progress.Seen("961");
        _progress.Expired();
        WatchRequest list = _progress.Next();
        Assert.Equal((true, "961"), (list.IsList, list.ResourceVersion));
        Assert.True(list.After > TimeSpan.Zero);
        // Where that is too old, too, only the newest is left.
        _progress.Expired();
        Assert.Equal((true, ""), (_progress.Next().IsList, _progress.Next().ResourceVersion));
    }

    [Fact]
    public void Pauses_double_up_to_a_minute_with_jitter_and_end_with_the_first_success()
    {
        _progress.Listed("1");
        double expected = 1;
        for (int failure = 0; failure < 50; failure++, expected = Math.Min(60, expected * 2))
        {
            _progress.Failed();
            TimeSpan[] pauses = [.. Enumerable.Range(0, 20).Select(_ => _progress.Next().After)];
            Assert.All(pauses, pause => Assert.InRange(pause.TotalSeconds, expected / 2, expected));
            Assert.True(pauses.Distinct().Count() > 1, "All nodes would come back at once.");
        }
        _progress.Seen("2");
        Assert.Equal(TimeSpan.Zero, _progress.Next().After);
    }

    [Fact]
    public void Watches_that_end_at_once_are_not_asked_for_without_a_pause()
    {
        _progress.Listed("1");
        _progress.Ended(TimeSpan.FromMilliseconds(10));
        Assert.True(_progress.Next().After > TimeSpan.Zero);
    }

    [Fact]
    public void In_steady_state_a_node_makes_single_digits_of_requests_an_hour()
    {
        const int Kinds = 2, Hours = 1000;
        for (int seed = 0; seed < 20; seed++)
        {
            var progress = new WatchProgress(new Random(seed).NextDouble);
            progress.Listed("1");
            var perHour = new int[Hours];
            TimeSpan now = TimeSpan.Zero;
            for (; now < TimeSpan.FromHours(Hours); now += progress.Next().After)
            {
                perHour[(int)now.TotalHours]++;
                TimeSpan lasts = progress.Next().Timeout;
                now += lasts;
                progress.Ended(lasts);
            }
            Assert.InRange(perHour.Max() * Kinds, 2, 9);
            Assert.InRange(perHour.Sum() * Kinds / (double)Hours, 2, 3);
        }
    }

    [Fact]
    public void Every_line_that_a_real_server_sent_is_read_bookmarks_and_errors_included()
    {
        foreach (string name in (string[])["pods-node-bookmarks", "namespaces-bookmarks", "pods-bookmarks-quiet-190s", "pods-too-old-rv-1"])
            foreach (string line in RecordedConversation.Watch(name))
            {
                WatchLine read = WatchLine.Parse(line);
                if (read.Type == "ERROR") Assert.Equal(WatchLine.Gone, read.Code);
                else Assert.True(long.Parse(read.ResourceVersion, System.Globalization.CultureInfo.InvariantCulture) > 0);
            }
    }

    [Theory]
    [InlineData("{\"type\":\"ADDED\",\"object\":{\"kind\":\"P")]
    [InlineData("{\"type\":\"ADDED\"}")]
    [InlineData("{\"type\":\"ADDED\",\"object\":{}}")]
    [InlineData("[]")]
    [InlineData("")]
    public void What_is_no_event_is_refused(string line) => Assert.ThrowsAny<JsonException>(() => WatchLine.Parse(line));
}
