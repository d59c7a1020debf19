using System.Text;

namespace LogPipeline.Benchmarks.Scaling;

public sealed class LineAccountTests
{
    private readonly LineAccount _lines = new();

    [Fact]
    public void A_line_under_two_ids_is_doubled_one_that_comes_again_under_its_own_is_refused_and_one_that_never_came_is_missing()
    {
        Assert.True(Create("a", stream: 3, number: 0));
        Assert.True(Create("b", stream: 3, number: 2));
        Assert.False(Create("b", stream: 3, number: 2));
        Assert.Equal((2, 0, 1), (_lines.Distinct, _lines.Doubled, _lines.SentAgain));
        Assert.True(Create("c", stream: 3, number: 2));
        Assert.Equal((2, 1, 1), (_lines.Distinct, _lines.Doubled, _lines.SentAgain));
        Assert.Equal(1, _lines.MissingOf(3, written: 3));
        Assert.Equal(5, _lines.MissingOf(4, written: 5));
        Assert.Equal(("2026-11-20T16:06:02.1Z", 1000), _lines.Find("logs", "a"));
        Assert.Null(_lines.Find("logs", "d"));
    }

    private bool Create(string id, int stream, int number) =>
        _lines.TryCreate("logs", id, Encoding.ASCII.GetBytes($$"""{"@timestamp":"2026-11-20T16:06:02.1Z","attributes":{"log.length":1000},"body":"INFO {{LineAccount.NameOf(stream, number)}} xx"}"""));
}
