using LogPipeline.Indexing;
using LogPipeline.Tailing;

namespace LogPipeline.Tests.Indexing;

public sealed class RecordIdTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(0xffff_ffff_ffff)]
    public void An_id_names_its_file_and_offset_in_31_url_safe_characters(long offset)
    {
        var file = new FileId(new UInt128(0xfedcba9876543210, 0x0123456789abcdef));
        string id = RecordId.Format(file, offset);

        Assert.Matches("^a[A-Za-z0-9_-]{30}$", id);
        Assert.True(RecordId.TryParse(id, out FileId parsed, out long parsedOffset));
        Assert.Equal((file, offset), (parsed, parsedOffset));
    }

    [Theory]
    [InlineData("")]
    [InlineData("b000000000000000000000000000000")]
    [InlineData("a00000000000000000000000000000")]
    [InlineData("a00000000000000000000000000000!")]
    public void What_is_no_id_is_refused(string text) => Assert.False(RecordId.TryParse(text, out _, out _));
}
