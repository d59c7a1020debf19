using System.Text;
using LogPipeline.Formats;

namespace LogPipeline.Tests.Formats;

public sealed class JsonScannerTests
{
    [Theory]
    [InlineData("0")]
    [InlineData("-0")]
    [InlineData("10")]
    [InlineData("-12.50")]
    [InlineData("1e5")]
    [InlineData("1.5E-05")]
    [InlineData("true")]
    [InlineData("false")]
    [InlineData("null")]
    [InlineData("\"\"")]
    [InlineData("\"\\\"\\u00e9\"")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData(" [ 1 , [ ] , { \"a\" : { } , \"b\" : [ null ] } ]")]
    public void A_value_is_stepped_over_to_its_last_byte(string value)
    {
        foreach (string behind in (string[])["", ",", "}", " x"])
        {
            int position = 0;
            Assert.True(JsonScanner.TrySkipValue(Encoding.UTF8.GetBytes(value + behind), ref position));
            Assert.Equal(value.Length, position);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("-")]
    [InlineData("-a")]
    [InlineData("01")]
    [InlineData("-01")]
    [InlineData("1.")]
    [InlineData("1.e5")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData(".5")]
    [InlineData("+1")]
    [InlineData("tru")]
    [InlineData("True")]
    [InlineData("nul")]
    [InlineData("\"")]
    [InlineData("\"\\\"")]
    [InlineData("[")]
    [InlineData("[1")]
    [InlineData("[1,")]
    [InlineData("[1,]")]
    [InlineData("[,1]")]
    [InlineData("[1 2]")]
    [InlineData("[1}")]
    [InlineData("{")]
    [InlineData("{\"a\"")]
    [InlineData("{\"a\":")]
    [InlineData("{\"a\":}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{\"a\" 1}")]
    [InlineData("{a:1}")]
    [InlineData("{1:1}")]
    [InlineData("{\"a\":1]")]
    public void What_is_no_value_is_refused(string text)
    {
        int position = 0;
        Assert.False(JsonScanner.TrySkipValue(Encoding.UTF8.GetBytes(text), ref position));
    }

    [Fact]
    public void Containers_nest_up_to_a_limit()
    {
        int position = 0;
        Assert.True(JsonScanner.TrySkipValue(Nested(JsonScanner.MaxDepth), ref position));
        Assert.Equal(2 * JsonScanner.MaxDepth, position);
        position = 0;
        Assert.False(JsonScanner.TrySkipValue(Nested(JsonScanner.MaxDepth + 1), ref position));
    }

    private static byte[] Nested(int depth) => Encoding.ASCII.GetBytes(new string('[', depth) + new string(']', depth));
}
