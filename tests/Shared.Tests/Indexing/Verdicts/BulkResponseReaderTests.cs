using System.Text;
using LogPipeline.Indexing.Verdicts;

namespace LogPipeline.Tests.Indexing.Verdicts;

public sealed class BulkResponseReaderTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(128)]
    [InlineData(5000)]
    public void A_row_of_created_documents_is_read_by_comparing_bytes(int count)
    {
        byte[] answer = Created(count);
        Assert.True(BulkResponseReader.IsAllCreated(answer, count));
        Assert.True(BulkResponseReader.TryRead(answer, new ItemAnswer[count]));
        Assert.False(BulkResponseReader.IsAllCreated(answer, count + 1));
        Assert.False(BulkResponseReader.IsAllCreated(answer, count - 1));
    }

    [Fact]
    public void Any_changed_byte_of_the_items_is_seen()
    {
        byte[] answer = Created(70);
        int start = Encoding.UTF8.GetString(answer).IndexOf("\"items\"", StringComparison.Ordinal);
        for (int i = start; i < answer.Length; i++)
        {
            answer[i] ^= 1;
            Assert.False(BulkResponseReader.IsAllCreated(answer, 70), $"byte {i}");
            answer[i] ^= 1;
        }
    }

    [Fact]
    public void A_truncated_answer_is_never_taken_for_whole()
    {
        byte[] answer = RecordedExchange.Load("plain/bulk-filter-path-success").Body;
        Assert.True(BulkResponseReader.TryRead(answer, new ItemAnswer[2]));
        for (int length = 0; length < answer.Length; length++) Assert.False(BulkResponseReader.TryRead(answer.AsSpan(0, length), new ItemAnswer[2]));
        byte[] created = Created(3);
        for (int length = 0; length < created.Length; length++) Assert.False(BulkResponseReader.IsAllCreated(created.AsSpan(0, length), 3));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("<html>")]
    [InlineData("""{"took":1,"errors":false}""")]
    [InlineData("""{"took":1,"errors":false,"items":null}""")]
    [InlineData("""{"took":1,"errors":false,"items":[]}""")]
    [InlineData("""{"items":[{"create":{}}]}""")]
    [InlineData("""{"items":[{"create":{"status":"201"}}]}""")]
    [InlineData("""{"items":[{"create":null}]}""")]
    [InlineData("""{"items":[{"create":{"status":201}},{"create":{"status":201}}]}""")]
    [InlineData("""{"items":[{"create":{"status":201}}]}x""")]
    [InlineData("""{"items":[{"create":{"status":201}}],"items":[{"create":{"status":201}}]}""")]
    public void What_does_not_speak_of_exactly_the_documents_sent_is_not_read(string answer)
    {
        Assert.False(BulkResponseReader.TryRead(Encoding.UTF8.GetBytes(answer), new ItemAnswer[1]));
    }

    [Fact]
    public void Items_that_vanished_from_a_recorded_answer_are_noticed()
    {
        // Three actions were sent, one with an unknown operation: "errors":false and two items.
        byte[] answer = RecordedExchange.Load("plain/bulk-unknown-op-between-good-ones").Body;
        Assert.False(BulkResponseReader.TryRead(answer, new ItemAnswer[3]));
        Assert.False(BulkResponseReader.TryRead(RecordedExchange.Load("plain/bulk-filter-path-matches-nothing").Body, new ItemAnswer[1]));
        Assert.False(BulkResponseReader.TryRead(RecordedExchange.Load("plain/bulk-2000-items-took-errors-only").Body, new ItemAnswer[2000]));
    }

    [Fact]
    public void Errors_are_found_where_they_stand()
    {
        byte[] answer = RecordedExchange.Load("plain/bulk-mixed").Body;
        ItemAnswer[] items = new ItemAnswer[10];
        Assert.True(BulkResponseReader.TryRead(answer, items));
        StoreError error = StoreError.Parse(answer.AsSpan(items[2].ErrorStart, items[2].ErrorLength));
        Assert.Equal("mapper_parsing_exception", error.Type);
        Assert.EndsWith("For input string: \"abc\"", error.Reason, StringComparison.Ordinal);
    }

    private static byte[] Created(int count) =>
        Encoding.UTF8.GetBytes("{\"took\":5,\"errors\":false,\"items\":[" + string.Join(',', Enumerable.Repeat("{\"create\":{\"status\":201}}", count)) + "]}");

    [Fact]
    public void Half_a_surrogate_in_a_name_makes_it_no_answer()
    {
        byte[] answer = System.Text.Encoding.UTF8.GetBytes("""{"errors":true,"items":[{"create":{"\ud800":1,"status":201}}]}""");
        Assert.False(BulkResponseReader.TryRead(answer, new ItemAnswer[1]));
    }
}
