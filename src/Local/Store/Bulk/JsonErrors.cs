using System.Text;
using System.Text.Json;

namespace LogPipeline.Local.Store.Bulk;

/// <summary>JSON faults under the names that OpenSearch's parser gives them.</summary>
internal static class JsonErrors
{
    private const int PreviewBytes = 500;

    /// <summary><c>json_e_o_f_exception</c> when the text ends too early, <c>json_parse_exception</c> otherwise.</summary>
    public static OpenSearchError From(JsonException fault, ReadOnlySpan<byte> text)
    {
        bool isCutShort = fault.BytePositionInLine >= text.Length || fault.Message.Contains("depth to be zero", StringComparison.Ordinal);
        string preview = Encoding.UTF8.GetString(text[..Math.Min(text.Length, PreviewBytes)]);
        string reason = isCutShort ? "Unexpected end-of-input within/between Object entries" : Brief(fault.Message);
        return new OpenSearchError(
            400, isCutShort ? "json_e_o_f_exception" : "json_parse_exception",
            $"{reason}\n at [Source: (byte[])\"{preview}\"; line: 1, column: {(fault.BytePositionInLine ?? 0) + 1}]");
    }

    public static string TokenName(JsonTokenType type) => type switch
    {
        JsonTokenType.StartArray => "START_ARRAY",
        JsonTokenType.EndArray => "END_ARRAY",
        JsonTokenType.StartObject => "START_OBJECT",
        JsonTokenType.EndObject => "END_OBJECT",
        JsonTokenType.PropertyName => "FIELD_NAME",
        JsonTokenType.String => "VALUE_STRING",
        JsonTokenType.Number => "VALUE_NUMBER",
        JsonTokenType.True or JsonTokenType.False => "VALUE_BOOLEAN",
        JsonTokenType.Null => "VALUE_NULL",
        _ => "null",
    };

    private static string Brief(string message)
    {
        int end = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return end < 0 ? message : message[..end];
    }
}
