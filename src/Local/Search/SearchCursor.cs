using System.Text.Json;

namespace LogPipeline.Local.Search;

/// <summary>
/// The place behind a record in a list by time: the text of its sort values, as the store wrote them. The first is a 19-digit number of
/// nanoseconds, beyond what a double holds, so it is never parsed.
/// </summary>
internal static class SearchCursor
{
    private const int SortValues = 3;

    /// <summary><c>false</c>: the text is no cursor of a list by time, and must not reach the store.</summary>
    public static bool IsValid(string cursor)
    {
        if (cursor.Length > 1024)
        {
            return false;
        }

        try
        {
            using JsonDocument values = JsonDocument.Parse(cursor);
            return values.RootElement.ValueKind == JsonValueKind.Array
                && values.RootElement.GetArrayLength() == SortValues
                && values.RootElement.EnumerateArray().All(value => value.ValueKind is JsonValueKind.Number or JsonValueKind.String or JsonValueKind.Null);
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
