using System.Text;
using LogPipeline.Indexing;
using LogPipeline.Observability;

namespace LogPipeline.Tests.Indexing;

public sealed class BulkSenderTests
{
    private const ItemOutcome Stored = ItemOutcome.Stored;
    private const ItemOutcome DeadLettered = ItemOutcome.DeadLettered;

    [Fact]
    public void A_body_is_sent_as_it_is_and_completed_once()
    {
        using SenderUnderTest test = new(r => StoreReply.Created(r.Documents().Count));
        BulkBody body = Documents.Body("a", 1, 2, 3);
        Assert.Equal([Stored, Stored, Stored], test.Deliver(body));
        Assert.Single(test.Completed);
        Assert.Equal("http://store0:9200/prefix/_bulk?filter_path=took,errors,items.*.status,items.*.error", test.Store.Requests.Single().Address.ToString());
        Assert.Equal(Encoding.UTF8.GetString(body.Written.Span), test.Store.Requests[0].Body);
        Assert.Equal(0, test.Sender.InFlight("a"));
    }

    [Fact]
    public void Only_refused_items_are_sent_again()
    {
        Queue<StoreReply> replies = new([StoreReply.Items((201, null), (429, "rejected_execution_exception"), (503, "unavailable_shards_exception")), StoreReply.Created(2)]);
        using SenderUnderTest test = new(_ => replies.Dequeue());
        Assert.Equal([Stored, Stored, Stored], test.Deliver(Documents.Body("a", 1, 2, 3)));
        Assert.Equal([Documents.Id(2), Documents.Id(3)], test.Bulks.Last().Documents().Select(d => d.Id));
    }

    [Fact]
    public void A_conflict_after_a_lost_answer_is_its_own_echo_if_the_store_says_so()
    {
        Queue<StoreReply> replies = new([StoreReply.Closed, StoreReply.Ok("{}"), StoreReply.Items((409, "version_conflict_engine_exception"), (201, null)), Found(1, 99)]);
        using SenderUnderTest test = new(r => r.Method == HttpMethod.Get ? StoreReply.Ok("{}") : replies.Dequeue());
        Assert.Equal([Stored, Stored], test.Deliver(Documents.Body("a", 1, 2)));
    }

    [Fact]
    public void A_conflict_after_a_lost_answer_may_still_be_another_extent()
    {
        Queue<StoreReply> replies = new([StoreReply.Closed, StoreReply.Items((409, "version_conflict_engine_exception")), Found(1, 40)]);
        using SenderUnderTest test = new(r => r.Method == HttpMethod.Get ? StoreReply.Ok("{}") : replies.Dequeue());
        BulkBody body = Documents.Body("a", 1);
        Assert.Equal([ItemOutcome.Conflict], test.Deliver(body));
        Assert.Equal(40, body.Items[0].StoredLengthBytes);
    }

    [Fact]
    public void A_conflict_with_what_is_no_longer_there_is_sent_again()
    {
        Queue<StoreReply> replies = new([StoreReply.Items((409, "x")), StoreReply.Ok("""{"docs":[{"found":false}]}"""), StoreReply.Created(1)]);
        using SenderUnderTest test = new(_ => replies.Dequeue());
        Assert.Equal([Stored], test.Deliver(Documents.Body("a", 1)));
    }

    [Fact]
    public void A_record_without_a_time_of_its_own_is_compared_by_length()
    {
        Queue<StoreReply> replies = new([StoreReply.Items((409, "x"), (409, "x")), StoreReply.Ok("""{"docs":[{"found":true,"_source":{"@timestamp":"2020-11-20T16:00:10Z","attributes":{"log.length":40}}},{"found":true,"_source":{"@timestamp":"2020-11-20T16:00:10Z","attributes":{"log":{"length":99}}}}]}""")]);
        using SenderUnderTest test = new(_ => replies.Dequeue());
        BulkBody body = new("a", 100);
        Documents.Add(body, "logs-a", 1, "x", 99, LogPipeline.Formats.LogEntry.NoTimestamp);
        Documents.Add(body, "logs-a", 2, "x", 99, LogPipeline.Formats.LogEntry.NoTimestamp);
        Assert.Equal([ItemOutcome.Conflict, Stored], test.Deliver(body));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("garbage")]
    [InlineData("""{"took":1,"errors":false,"items":[{"create":{"status":201}}]}""")]
    public void An_answer_that_leaves_a_document_out_makes_all_unknown(string answer)
    {
        Queue<StoreReply> replies = new([StoreReply.Ok(answer), StoreReply.Items((409, "x"), (201, null)), Found(1, 99)]);
        using SenderUnderTest test = new(_ => replies.Dequeue());
        Assert.Equal([Stored, Stored], test.Deliver(Documents.Body("a", 1, 2)));
        Assert.All(test.Bulks, b => Assert.Equal(2, b.Documents().Count));
    }

    [Fact]
    public void Retry_after_is_honoured()
    {
        Queue<StoreReply> replies = new([new StoreReply(429, "") { RetryAfter = TimeSpan.FromSeconds(120) }, StoreReply.Created(1)]);
        using SenderUnderTest test = new(_ => replies.Dequeue());
        test.Deliver(Documents.Body("a", 1));
        Assert.InRange(test.Time.Now.TotalSeconds, 120, 150);
    }

    [Fact]
    public void A_hanging_request_is_given_up_after_its_time_and_sent_again()
    {
        Queue<StoreReply> replies = new([StoreReply.Nothing, StoreReply.Items((409, "x")), Found(1, 99)]);
        using SenderUnderTest test = new(_ => replies.Dequeue());
        Assert.Equal([Stored], test.Deliver(Documents.Body("a", 1)));
        Assert.InRange(test.Time.Now.TotalSeconds, 90, 95);
    }

    [Fact]
    public void A_body_too_large_is_halved_until_it_fits()
    {
        using SenderUnderTest test = new(r => r.Documents().Count > 2 ? new StoreReply(413, "") : StoreReply.Created(r.Documents().Count));
        Assert.All(test.Deliver(Documents.Body("a", 1, 2, 3, 4, 5, 6, 7)), o => Assert.Equal(Stored, o));
        Assert.Equal([7, 3, 4, 1, 2, 2, 2], test.Bulks.Select(b => b.Documents().Count));
    }

    [Fact]
    public void A_single_document_too_large_becomes_a_dead_letter_in_parts_that_fit()
    {
        Dictionary<string, string> letters = [];
        using SenderUnderTest test = new(r =>
        {
            if (r.Body.Length > 1800) return new StoreReply(413, "");
            foreach (var document in r.Documents()) letters.Add(document.Id, document.Source);
            return StoreReply.Created(r.Documents().Count);
        });
        BulkBody body = Documents.Body("a", _ => new string('x', 5000), 1);
        Assert.Equal([DeadLettered], test.Deliver(body));
        // The record's own id comes last: it is what a later look-up finds.
        Assert.Equal(Documents.Id(1), letters.Keys.Last());
        byte[] joined = [.. letters.Reverse().SelectMany(l => Convert.FromBase64String(System.Text.Json.JsonDocument.Parse(l.Value).RootElement.GetProperty("document").GetString()!))];
        Assert.Equal(Encoding.UTF8.GetString(body.SourceLine(body.Items[0])).TrimEnd('\n'), Encoding.UTF8.GetString(joined));
    }

    [Fact]
    public void One_bad_action_line_costs_no_other_document()
    {
        string refusal = Encoding.UTF8.GetString(RecordedExchange.Load("plain/bulk-unknown-action-param").Body);
        List<string> letters = [];
        using SenderUnderTest test = new(r =>
        {
            if (r.Body.Contains("\"_foo\":1", StringComparison.Ordinal)) return new StoreReply(400, refusal);
            letters.AddRange(r.Documents().Where(d => d.Index.StartsWith("deadletter-", StringComparison.Ordinal)).Select(d => d.Id));
            return StoreReply.Created(r.Documents().Count);
        });
        BulkBody body = new("a", 100);
        for (int n = 0; n < 9; n++) Documents.Add(body, "logs-a", n, "x", 1, n, n == 5 ? ",\"_foo\":1" : "");
        Assert.Equal([.. Enumerable.Range(0, 9).Select(n => n == 5 ? DeadLettered : Stored)], test.Deliver(body));
        Assert.Equal([Documents.Id(5)], letters);
    }

    [Fact]
    public void A_document_that_kills_the_node_is_isolated_and_becomes_a_dead_letter()
    {
        bool down = false;
        int deaths = 0;
        SenderUnderTest sender = null!;
        sender = new SenderUnderTest(r =>
        {
            if (down) return StoreReply.Unreachable;
            if (r.Method == HttpMethod.Get) return StoreReply.Ok("{}");
            if (r.IsMultiGet) return LookUp(r, _ => null);
            if (r.Body.Contains("[[[[", StringComparison.Ordinal))
            {
                down = true;
                deaths++;
                sender.Time.After(TimeSpan.FromSeconds(15), () => down = false);
                return StoreReply.Closed;
            }

            return StoreReply.Created(r.Documents().Count);
        });
        BulkBody other = Documents.Body("b", [.. Enumerable.Range(0, 20)]);
        sender.Send(other);
        ItemOutcome[] outcomes = sender.Deliver(Documents.Body("a", n => n == 11 ? "[[[[[[[[[" : "fine", [.. Enumerable.Range(0, 64)]));
        Assert.Equal([.. Enumerable.Range(0, 64).Select(n => n == 11 ? DeadLettered : Stored)], outcomes);
        Assert.All(other.Outcomes(), o => Assert.Equal(Stored, o));
        Assert.InRange(deaths, 5, 16);
        sender.Dispose();
    }

    [Fact]
    public void An_outage_makes_no_dead_letter_however_long()
    {
        SenderUnderTest sender = null!;
        sender = new SenderUnderTest(r => sender.Time.Now < TimeSpan.FromHours(5)
            ? (sender.Time.Now.Ticks % 2 == 0 ? StoreReply.Closed : StoreReply.Unreachable)
            : r.IsBulk ? StoreReply.Created(r.Documents().Count) : StoreReply.Ok("{}"));
        BulkBody[] bodies = [.. Enumerable.Range(0, 12).Select(i => sender.Send(Documents.Body("a", i)))];
        Assert.True(sender.Time.Until(() => sender.Completed.Count == 12, TimeSpan.FromHours(10)));
        Assert.All(bodies, b => Assert.Equal([Stored], b.Outcomes()));
        Assert.Equal(1, sender.Log.Count(LogEvents.StoreUnreachable));
        Assert.Equal(1, sender.Log.Count(LogEvents.StoreReachable));
        sender.Dispose();
    }

    [Fact]
    public void Refused_credentials_hold_the_tenant_with_one_error_and_free_it_with_one_info()
    {
        bool fixedNow = false;
        using SenderUnderTest test = new(r => fixedNow ? StoreReply.Created(r.Documents().Count) : new StoreReply(401, ""));
        BulkBody[] bodies = [.. Enumerable.Range(0, 6).Select(i => test.Send(Documents.Body(i % 2 == 0 ? "a" : "b", i)))];
        test.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.Empty(test.Completed);
        Assert.Equal(["a", "b"], test.Sender.HeldTenants.Select(h => h.Tenant).Order());
        Assert.Equal(1, test.Log.Count(LogEvents.TenantHeld));
        // Slow: a try each half to one longest pause and tenant, after the first ones.
        Assert.InRange(test.Store.Requests.Count, 40, 110);
        fixedNow = true;
        Assert.True(test.Time.Until(() => test.Completed.Count == 6, TimeSpan.FromMinutes(2)));
        Assert.All(bodies, b => Assert.Equal([Stored], b.Outcomes()));
        Assert.Empty(test.Sender.HeldTenants);
        Assert.Equal(1, test.Log.Count(LogEvents.TenantReleased));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_store_that_answers_429_for_minutes_is_told_once_with_its_own_words(bool each)
    {
        bool full = true;
        const string Reason = "flood stage disk watermark [95%] exceeded";
        using SenderUnderTest test = new(r => !full ? StoreReply.Created(r.Documents().Count)
            : each ? StoreReply.Ok("""{"items":[{"create":{"status":429,"error":{"type":"cluster_block_exception","reason":"REASON"}}}]}""".Replace("REASON", Reason, StringComparison.Ordinal))
            : new StoreReply(429, """{"error":{"type":"cluster_block_exception","reason":"REASON"},"status":429}""".Replace("REASON", Reason, StringComparison.Ordinal)));
        test.Send(Documents.Body("a", 1));
        test.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(test.Sender.Trouble);
        test.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Contains(Reason, test.Sender.Trouble, StringComparison.Ordinal);
        Assert.Contains(Reason, test.Log.Events.Single(e => e.Event == LogEvents.StoreTakesNothing).Message, StringComparison.Ordinal);
        full = false;
        Assert.True(test.Time.Until(() => test.Completed.Count == 1, TimeSpan.FromMinutes(2)));
        Assert.Null(test.Sender.Trouble);
        Assert.Equal(1, test.Log.Count(LogEvents.StoreTakesAgain));
    }

    [Theory]
    [InlineData(403, "cluster_block_exception")]
    [InlineData(403, "security_exception")]
    [InlineData(404, "index_not_found_exception")]
    [InlineData(400, "index_closed_exception")]
    public void A_blocked_index_holds_its_tenant_and_no_other(int status, string type)
    {
        bool fixedNow = false;
        using SenderUnderTest test = new(r => StoreReply.Items([.. r.Documents().Select(d => d.Index.Contains("-a-", StringComparison.Ordinal) && !fixedNow ? (status, type) : (201, (string?)null))]));
        BulkBody blocked = test.Send(Documents.Body("a", 1, 2));
        for (int i = 0; i < 20; i++)
        {
            test.Send(Documents.Body("a", 100 + i));
            test.Deliver(Documents.Body("b", i));
        }

        Assert.True(test.Time.Now < TimeSpan.FromSeconds(1));
        test.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.DoesNotContain(blocked, test.Completed);
        Assert.Equal(20, test.Completed.Count);
        fixedNow = true;
        Assert.True(test.Time.Until(() => test.Completed.Count == 41, TimeSpan.FromMinutes(2)));
        Assert.DoesNotContain(test.Store.Requests, r => r.Body.Contains("deadletter", StringComparison.Ordinal));
    }

    [Fact]
    public void A_refused_document_is_stored_whole_as_a_dead_letter_before_it_counts_as_handled()
    {
        bool lettersTaken = false;
        string? letter = null;
        using SenderUnderTest test = new(r =>
        {
            if (!r.Body.Contains("deadletter-", StringComparison.Ordinal)) return StoreReply.Items([.. r.Documents().Select(d => d.Source.Contains("poison", StringComparison.Ordinal) ? (400, "mapper_parsing_exception") : (201, (string?)null))]);
            letter = r.Documents()[0].Source;
            return lettersTaken ? StoreReply.Created(1) : StoreReply.Items((400, "mapper_parsing_exception"));
        });
        BulkBody body = test.Send(Documents.Body("a", n => n == 2 ? "poison" : "fine", 1, 2, 3));
        test.Time.Advance(TimeSpan.FromMinutes(5));
        // The dead letter is refused: never lost, never acknowledged, the tenant waits.
        Assert.Empty(test.Completed);
        Assert.Equal([Stored, ItemOutcome.Unknown, Stored], body.Outcomes());
        Assert.Contains("dead letters are refused", Assert.Single(test.Sender.HeldTenants).Reason, StringComparison.Ordinal);
        lettersTaken = true;
        Assert.True(test.Time.Until(() => test.Completed.Count == 1, TimeSpan.FromMinutes(5)));
        Assert.Equal([Stored, DeadLettered, Stored], body.Outcomes());
        using var json = System.Text.Json.JsonDocument.Parse(letter!);
        Assert.Equal(Encoding.UTF8.GetString(body.SourceLine(body.Items[1])).TrimEnd('\n'), Encoding.UTF8.GetString(json.RootElement.GetProperty("document").GetBytesFromBase64()));
        Assert.Equal("mapper_parsing_exception", json.RootElement.GetProperty("reason").GetProperty("type").GetString());
        Assert.Equal("logs-a-2026.11.20", json.RootElement.GetProperty("index").GetString());
        Assert.Equal(99, json.RootElement.GetProperty("attributes").GetProperty("log.length").GetInt64());
        Assert.Equal("/var/log/pods/a.log", json.RootElement.GetProperty("attributes").GetProperty("log.file.path").GetString());
        Assert.Equal("abcdefghijklmnopqrstuv", json.RootElement.GetProperty("attributes").GetProperty("log.file.id").GetString());
        Assert.Equal(200, json.RootElement.GetProperty("attributes").GetProperty("log.offset").GetInt64());
        Assert.Equal(1, test.Log.Count(LogEvents.DocumentRefused));
    }

    [Fact]
    public void Another_record_under_an_id_is_kept_as_a_dead_letter_under_an_id_of_its_own()
    {
        List<string> letters = [];
        using SenderUnderTest test = new(r =>
        {
            if (r.IsMultiGet) return StoreReply.Ok("""{"docs":[{"found":true,"_source":{"@timestamp":"2020-01-01T00:00:00Z","attributes":{"log.length":99}}}]}""");
            if (!r.Body.Contains("deadletter-", StringComparison.Ordinal)) return StoreReply.Items((409, "version_conflict_engine_exception"));
            letters.AddRange(r.Documents().Select(d => d.Id));
            return StoreReply.Created(1);
        });
        BulkBody body = Documents.Body("a", 1);
        Assert.Equal([DeadLettered], test.Deliver(body));
        Assert.Equal(-1, body.Items[0].StoredLengthBytes);
        Assert.StartsWith(Documents.Id(1) + ".", Assert.Single(letters), StringComparison.Ordinal);
        Assert.Equal(PipelineLogLevel.Error, test.Log.Events.Single(e => e.Event == LogEvents.IdCollision).Level);
    }

    [Fact]
    public void A_conflict_in_the_replay_window_sends_nothing()
    {
        using SenderUnderTest test = new(r =>
        {
            Assert.True(r.IsMultiGet);
            return LookUp(r, id => id == Documents.Id(1) ? 99 : id == Documents.Id(2) ? 50 : null);
        });
        BulkBody body = Documents.Body("a", 1, 2, 3);
        body.LookUpFirst = true;
        Assert.Equal([Stored, ItemOutcome.Conflict, ItemOutcome.NotSent], test.Deliver(body));
        Assert.Equal(50, body.Items[1].StoredLengthBytes);
    }

    [Fact]
    public void In_the_replay_window_only_what_is_missing_is_sent()
    {
        using SenderUnderTest test = new(r => r.IsMultiGet ? LookUp(r, id => id == Documents.Id(1) ? 99 : null, id => id == Documents.Id(2) ? 99 : null) : StoreReply.Created(r.Documents().Count));
        BulkBody body = Documents.Body("a", 1, 2, 3);
        body.LookUpFirst = true;
        Assert.Equal([Stored, DeadLettered, Stored], test.Deliver(body));
        Assert.Equal([Documents.Id(3)], test.Bulks.Single().Documents().Select(d => d.Id));
    }

    [Fact]
    public void A_large_replay_window_is_looked_up_in_slices()
    {
        using SenderUnderTest test = new(r => r.IsMultiGet ? LookUp(r, _ => null) : StoreReply.Created(r.Documents().Count));
        BulkBody body = Documents.Body("a", [.. Enumerable.Range(0, 1201)]);
        body.LookUpFirst = true;
        Assert.All(test.Deliver(body), o => Assert.Equal(Stored, o));
        Assert.Equal([1000, 1000, 402], test.Store.Requests.Where(r => r.IsMultiGet).Select(r => r.LookUps().Count));
        Assert.Single(test.Bulks);
    }

    [Fact]
    public void Nothing_is_sent_before_the_store_is_ready()
    {
        TaskCompletionSource ready = new();
        using SenderUnderTest test = new(r => StoreReply.Created(r.Documents().Count), ready: ready.Task);
        test.Send(Documents.Body("a", 1));
        test.Time.Advance(TimeSpan.FromHours(1));
        Assert.Empty(test.Store.Requests);
        ready.SetResult();
        Assert.Single(test.Completed);
    }

    [Fact]
    public void A_slow_tenant_does_not_delay_another()
    {
        using SenderUnderTest test = new(r => r.Body.Contains("logs-slow", StringComparison.Ordinal)
            ? StoreReply.Items((503, "unavailable_shards_exception")) with { Delay = TimeSpan.FromSeconds(60) }
            : StoreReply.Created(r.Documents().Count) with { Delay = TimeSpan.FromMilliseconds(10) });
        for (int i = 0; i < 50; i++) test.Send(Documents.Body("slow", i));
        test.Time.Advance(TimeSpan.FromMinutes(7));
        TimeSpan start = test.Time.Now;
        for (int i = 0; i < 100; i++) test.Deliver(Documents.Body("quick", i));
        Assert.True(test.Time.Now - start < TimeSpan.FromSeconds(2), $"{test.Time.Now - start}");
    }

    [Fact]
    public void A_failed_endpoint_is_avoided_while_another_answers()
    {
        using SenderUnderTest test = new(r => r.Address.Host == "store0" ? StoreReply.Unreachable : StoreReply.Created(r.Documents().Count), endpoints: 2);
        for (int i = 0; i < 50; i++) Assert.Equal([Stored], test.Deliver(Documents.Body("a", i)));
        Assert.InRange(test.Store.Requests.Count(r => r.Address.Host == "store0"), 1, 5);
    }

    [Fact]
    public async Task What_is_unfinished_at_disposal_is_never_completed()
    {
        using SenderUnderTest test = new(_ => StoreReply.Nothing);
        BulkBody body = test.Send(Documents.Body("a", 1));
        await test.Sender.DisposeAsync();
        Assert.Empty(test.Completed);
        Assert.Equal([ItemOutcome.Unknown], body.Outcomes());
    }

    private static StoreReply Found(int n, long length) =>
        StoreReply.Ok("{\"docs\":[{\"found\":true,\"_source\":{\"@timestamp\":\"" + LogPipeline.Indexing.Verdicts.StoredTimestamp.Format(Documents.FirstNanos + n) + $"\",\"attributes\":{{\"log.length\":{length}}}}}}}]}}");

    private static StoreReply LookUp(StoreRequest request, Func<string, int?> own, Func<string, int?>? dead = null) =>
        StoreReply.Ok("{\"docs\":[" + string.Join(',', request.LookUps().Select(l =>
        {
            int? length = l.Index.StartsWith("deadletter-", StringComparison.Ordinal) ? dead?.Invoke(l.Id) : own(l.Id);
            string time = LogPipeline.Indexing.Verdicts.StoredTimestamp.Format(Documents.FirstNanos + int.Parse(l.Id[1..], System.Globalization.CultureInfo.InvariantCulture));
            return length is null ? "{\"found\":false}" : $"{{\"found\":true,\"_source\":{{\"@timestamp\":\"{time}\",\"attributes\":{{\"log.length\":{length}}}}}}}";
        })) + "]}");
}
