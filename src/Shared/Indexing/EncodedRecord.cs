using System.Globalization;
using System.Text.Json;
using LogPipeline.Formats;

namespace LogPipeline.Indexing;

/// <summary>Where the record of an encoded document lies, read back from the document. For the rare document that was not simply stored.</summary>
public readonly record struct EncodedRecord(SubStream SubStream, long Ordinal, long OffsetBytes)
{
    /// <param name="source">A source line that <see cref="DocumentEncoder"/> wrote.</param>
    public static EncodedRecord Parse(ReadOnlySpan<byte> source)
    {
        var reader = new Utf8JsonReader(source);
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        JsonElement attributes = document.RootElement.GetProperty("attributes");
        SubStream lane = !attributes.TryGetProperty("log.iostream", out JsonElement stream) ? SubStream.None
            : stream.GetString() == "stdout" ? SubStream.Stdout : SubStream.Stderr;
        string[] sequence = attributes.GetProperty("log.sequence").GetString()!.Split('-');
        return new(lane, long.Parse(sequence[1], CultureInfo.InvariantCulture), attributes.GetProperty("log.offset").GetInt64());
    }
}
