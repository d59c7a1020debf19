using System.Text.Json;

namespace LogPipeline.Indexing.Verdicts;

/// <summary>The store's reason for a refusal, cut to a length that fits a log line and a dead letter.</summary>
/// <param name="Type">The error's type, e.g. <c>mapper_parsing_exception</c>; empty when there is none to read.</param>
/// <param name="Reason">The text, with that of the innermost cause behind it.</param>
public readonly record struct StoreError(string Type, string Reason)
{
    private const int MaxReasonLength = 1000;

    public static StoreError None { get; } = new("", "");

    /// <summary>Reads an <c>error</c> value: an object, or a bare string (the store's answers to a wrong content type).</summary>
    public static StoreError Parse(ReadOnlySpan<byte> error)
    {
        if (error.IsEmpty) return None;
        try
        {
            Utf8JsonReader reader = new(error);
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            return OfElement(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not JSON, or a string with half a surrogate: the status alone decides.
            return None;
        }
    }

    /// <summary>Reads the <c>error</c> of a whole answer's body; <see cref="None"/> when the body is not the store's.</summary>
    public static StoreError ParseBody(ReadOnlySpan<byte> body) =>
        JsonFields.TryFind(body, "error"u8, out Range value) ? Parse(body[value]) : None;

    private static StoreError OfElement(JsonElement error)
    {
        if (error.ValueKind == JsonValueKind.String) return new StoreError("", Cut(error.GetString() ?? ""));
        if (error.ValueKind != JsonValueKind.Object) return None;
        string type = Text(error, "type");
        string reason = Text(error, "reason");
        JsonElement cause = error;
        while (cause.TryGetProperty("caused_by", out JsonElement inner) && inner.ValueKind == JsonValueKind.Object) cause = inner;
        string causeReason = Text(cause, "reason");
        if (causeReason.Length > 0 && causeReason != reason) reason = $"{reason}: {causeReason}";
        return new StoreError(type, Cut(reason));
    }

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() ?? "" : "";

    private static string Cut(string text)
    {
        if (text.Length <= MaxReasonLength) return text;
        int end = char.IsHighSurrogate(text[MaxReasonLength - 1]) ? MaxReasonLength - 1 : MaxReasonLength;
        return text[..end];
    }
}
