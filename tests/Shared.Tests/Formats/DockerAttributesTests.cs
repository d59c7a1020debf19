using System.Text;
using LogPipeline.Formats;

namespace LogPipeline.Tests.Formats;

public sealed class DockerAttributesTests
{
    [Theory]
    [InlineData("{}")]
    [InlineData("""{"tag":"web/1","com.example.team":"\u0041"}""")]
    [InlineData("""{ "nested" : {"a":[1,{}]} }""")]
    public void Attributes_are_found_as_they_stand(string attributes)
    {
        byte[] line = Encoding.UTF8.GetBytes($$"""{"log":"text\n","stream":"stdout","attrs":{{attributes}},"time":"2026-11-20T16:40:10.5Z"}""" + "\n");
        byte[] original = [.. line];
        Assert.True(DockerAttributes.TryReadAttributes(line, out ReadOnlySpan<byte> found));
        Assert.Equal(attributes, Encoding.UTF8.GetString(found));
        Assert.Equal(original, line);
    }

    [Theory]
    [InlineData("")]
    [InlineData("plain text")]
    [InlineData("""{"attrs":{"tag":"a"}}""")]
    [InlineData("""{"log":"text\n","stream":"stdout","time":"2026-11-20T16:40:10.5Z"}""")]
    [InlineData("""{"log":"text\n","stream":"stdout","attrs":null,"time":"2026-11-20T16:40:10.5Z"}""")]
    [InlineData("""{"log":"text\n","stream":"stdout","attrs":["a"],"time":"2026-11-20T16:40:10.5Z"}""")]
    public void A_line_of_another_kind_or_without_attributes_has_none(string line)
    {
        Assert.False(DockerAttributes.TryReadAttributes(Encoding.UTF8.GetBytes(line), out ReadOnlySpan<byte> found));
        Assert.True(found.IsEmpty);
    }
}
