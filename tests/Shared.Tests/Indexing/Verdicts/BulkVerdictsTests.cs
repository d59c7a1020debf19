using LogPipeline.Indexing.Connections;
using LogPipeline.Indexing.Verdicts;

namespace LogPipeline.Tests.Indexing.Verdicts;

public sealed class BulkVerdictsTests
{
    /// <summary>Recorded whole requests that were not answered item by item, or not at all.</summary>
    public static TheoryData<string, RequestVerdict> WholeRequests => new()
    {
        { "limits/bulk-413-over-max-content-length", RequestVerdict.TooLarge },
        { "limits/bulk-413-expect-100-continue", RequestVerdict.TooLarge },
        { "limits/bulk-gzip-small-wire-large-decompressed", RequestVerdict.TooLarge },
        { "limits/bulk-429-whole-indexing-pressure", RequestVerdict.Retry },
        { "limits/bulk-429-whole-write-queue-full", RequestVerdict.Retry },
        { "plain/bulk-429-circuit-breaker-inflight", RequestVerdict.Retry },
        { "plain/bulk-429-circuit-breaker-parent", RequestVerdict.Retry },
        { "no-master/bulk-503-no-master", RequestVerdict.Retry },
        { "plain/bulk-id-513-bytes", RequestVerdict.Refused },
        { "plain/bulk-id-512-bytes-utf8-over", RequestVerdict.Refused },
        { "plain/bulk-unknown-action-param", RequestVerdict.Refused },
        { "plain/bulk-malformed-action-json", RequestVerdict.Refused },
        { "plain/bulk-malformed-no-final-newline", RequestVerdict.Refused },
        { "plain/bulk-error-after-good-lines-whole-request-400", RequestVerdict.Refused },
        { "plain/bulk-index-name-date-math-bad", RequestVerdict.Refused },
        { "plain/bulk-406-content-type-garbage", RequestVerdict.Hold },
        { "plain/bulk-406-no-content-type", RequestVerdict.Hold },
        { "plain/bulk-block-cluster-read-only", RequestVerdict.Hold },
        { "plain/bulk-block-cluster-read-only-allow-delete", RequestVerdict.Hold },
        { "security/401-no-credentials-bulk", RequestVerdict.Hold },
        { "security/401-unknown-user-bulk", RequestVerdict.Hold },
        { "security/bulk-gzip-401", RequestVerdict.Hold },
        { "plain/bulk-gzip-claimed-but-plain", RequestVerdict.Closed },
        { "plain/bulk-node-dies-3000-nested-arrays", RequestVerdict.Closed },
        { "plain/bulk-create-201", RequestVerdict.ReadItems },
    };

    /// <summary>Recorded item statuses that are not permanent refusals.</summary>
    public static TheoryData<string, int, ItemVerdict> Items => new()
    {
        { "plain/bulk-create-201", 0, ItemVerdict.Stored },
        { "plain/bulk-index-201-and-200", 1, ItemVerdict.Stored },
        { "plain/bulk-create-again-409", 0, ItemVerdict.Exists },
        { "plain/bulk-duplicate-id-in-one-request", 1, ItemVerdict.Exists },
        { "security/bulk-409-writer", 0, ItemVerdict.Exists },
        { "limits/bulk-429-per-item-0", 0, ItemVerdict.Retry },
        { "plain/bulk-block-read-only-allow-delete", 0, ItemVerdict.Retry },
        { "plain/bulk-503-primary-not-active", 0, ItemVerdict.Retry },
        { "plain/bulk-503-wait-for-active-shards", 0, ItemVerdict.Retry },
        { "plain/bulk-pipeline-fail-drop-ok", 1, ItemVerdict.Retry },
        { "plain/bulk-400-max-shards-open", 0, ItemVerdict.Retry },
        { "plain/bulk-400-max-shards-open", 1, ItemVerdict.Stored },
        { "plain/bulk-400-closed-index", 0, ItemVerdict.Hold },
        { "plain/bulk-block-write", 0, ItemVerdict.Hold },
        { "plain/bulk-block-read-only", 0, ItemVerdict.Hold },
        { "plain/bulk-block-metadata", 0, ItemVerdict.Hold },
        { "plain/bulk-404-missing-index-auto-create-off", 0, ItemVerdict.Hold },
        { "plain/bulk-404-missing-index-auto-create-pattern", 0, ItemVerdict.Hold },
        { "security/bulk-403-per-item-other-index", 0, ItemVerdict.Hold },
        { "security/bulk-403-per-item-other-index", 1, ItemVerdict.Stored },
        { "security/bulk-403-readonly-user", 0, ItemVerdict.Hold },
    };

    /// <summary>Every recorded case whose documents are refused for what they are.</summary>
    public static TheoryData<string> PermanentRefusals =>
    [
        .. Directory.GetFiles(Path.Combine(RecordedExchange.Root, "opensearch", "plain"), "bulk-400-*.json")
            .Select(f => "plain/" + Path.GetFileNameWithoutExtension(f))
            .Where(n => n is not ("plain/bulk-400-max-shards-open" or "plain/bulk-400-closed-index")),
        "plain/bulk-depth-1000-nested-objects", "plain/bulk-depth-900-nested-arrays", "plain/bulk-id-empty", "plain/bulk-invalid-utf8-in-source",
        "plain/bulk-raw-control-char-in-string", "plain/bulk-malformed-source-json", "plain/nanos-bulk-out-of-range", "plain/bulk-index-name-uppercase",
        "plain/bulk-missing-pipeline", "plain/bulk-into-alias-without-write-index", "plain/data-stream-bulk-create-into-backing-index",
    ];

    [Theory, MemberData(nameof(WholeRequests))]
    public void A_recorded_whole_answer_means(string name, RequestVerdict expected)
    {
        using StoreAnswer answer = RecordedExchange.Load(name).ToAnswer();
        Assert.Equal(expected, BulkVerdicts.OfRequest(answer));
    }

    [Theory, MemberData(nameof(Items))]
    public void A_recorded_item_means(string name, int position, ItemVerdict expected)
    {
        Assert.Equal(expected, Read(RecordedExchange.Load(name))[position]);
    }

    [Theory, MemberData(nameof(PermanentRefusals))]
    public void A_recorded_document_that_cannot_be_stored_is_refused(string name)
    {
        ItemVerdict[] verdicts = Read(RecordedExchange.Load(name));
        Assert.Contains(ItemVerdict.Refused, verdicts);
        Assert.All(verdicts, v => Assert.True(v is ItemVerdict.Refused or ItemVerdict.Stored));
    }

    [Fact]
    public void Every_recorded_429_item_is_sent_again_and_no_other()
    {
        for (int i = 0; i < 6; i++)
        {
            RecordedExchange exchange = RecordedExchange.Load($"limits/bulk-429-per-item-{i}");
            ItemAnswer[] answers = new ItemAnswer[exchange.Documents ?? 60];
            Assert.True(BulkResponseReader.TryRead(exchange.Body, answers));
            foreach (ItemAnswer answer in answers)
            {
                ItemVerdict verdict = BulkVerdicts.OfItem(answer.Status, exchange.Body.AsSpan(answer.ErrorStart, answer.ErrorLength));
                Assert.Equal(answer.Status == 429 ? ItemVerdict.Retry : ItemVerdict.Stored, verdict);
            }
        }
    }

    [Theory]
    [InlineData(200, "es_rejected_execution_exception", "", ItemVerdict.Stored)]
    [InlineData(429, "es_rejected_execution_exception", "rejected", ItemVerdict.Retry)]
    [InlineData(400, "validation_exception", "Validation Failed: 1: this action would add [2] shards, but this cluster currently has [1000]/[1000] maximum normal shards open;", ItemVerdict.Retry)]
    [InlineData(400, "document_parsing_exception", "[1:9] failed to parse field [n]", ItemVerdict.Refused)]
    [InlineData(400, "resource_already_exists_exception", "index [logs-a/x] already exists", ItemVerdict.Retry)]
    public void Statuses_of_other_servers_mean_the_same(int status, string type, string reason, ItemVerdict expected)
    {
        byte[] error = System.Text.Encoding.UTF8.GetBytes($$"""{"type":"{{type}}","reason":"{{reason}}"}""");
        Assert.Equal(expected, BulkVerdicts.OfItem(status, error));
    }

    [Theory]
    [InlineData(400, "<html>bad request</html>", RequestVerdict.Hold)]
    [InlineData(404, "", RequestVerdict.Hold)]
    [InlineData(302, "", RequestVerdict.Hold)]
    [InlineData(502, "", RequestVerdict.Retry)]
    [InlineData(504, "", RequestVerdict.Retry)]
    [InlineData(204, "", RequestVerdict.Unreadable)]
    public void Answers_of_proxies_are_not_about_documents(int status, string body, RequestVerdict expected)
    {
        using StoreAnswer answer = new RecordedExchange("", "", "", status, System.Text.Encoding.UTF8.GetBytes(body), false, null).ToAnswer();
        Assert.Equal(expected, BulkVerdicts.OfRequest(answer));
    }

    private static ItemVerdict[] Read(RecordedExchange exchange)
    {
        Assert.Equal(200, exchange.Status);
        for (int count = 1; count <= 100; count++)
        {
            ItemAnswer[] answers = new ItemAnswer[count];
            if (BulkResponseReader.TryRead(exchange.Body, answers)) return [.. answers.Select(a => BulkVerdicts.OfItem(a.Status, exchange.Body.AsSpan(a.ErrorStart, a.ErrorLength)))];
        }

        throw new InvalidOperationException($"{exchange.Name} cannot be read");
    }
}
