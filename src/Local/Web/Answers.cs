using System.Buffers;
using System.Text.Json;
using LogPipeline.Local.Search;

namespace LogPipeline.Local.Web;

/// <summary>Writes the answers of the API: JSON in camel case; a failure is <c>{"error":"a sentence","position":n}</c> with a status to match.</summary>
internal static class Answers
{
    public static async Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> write, int status = StatusCodes.Status200OK)
    {
        var buffer = new ArrayBufferWriter<byte>(16 * 1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        PageHeaders.Apply(context.Response);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentLength = buffer.WrittenCount;
        await context.Response.Body.WriteAsync(buffer.WrittenMemory, context.RequestAborted);
    }

    public static Task WriteFailureAsync(HttpContext context, SearchFailure failure) =>
        WriteAsync(context, json => WriteFailure(json, failure), StatusOf(failure.Kind));

    public static void WriteFailure(Utf8JsonWriter json, SearchFailure failure)
    {
        json.WriteString("error", failure.Message);
        if (failure.Position is { } position)
        {
            json.WriteNumber("position", position);
        }
    }

    private static int StatusOf(SearchFailureKind kind) => kind switch
    {
        SearchFailureKind.BadQuestion => StatusCodes.Status400BadRequest,
        SearchFailureKind.NotFound => StatusCodes.Status404NotFound,
        SearchFailureKind.TimedOut => StatusCodes.Status504GatewayTimeout,
        _ => StatusCodes.Status502BadGateway,
    };
}
