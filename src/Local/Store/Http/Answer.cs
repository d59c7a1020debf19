using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace LogPipeline.Local.Store.Http;

/// <summary>Writes answers as OpenSearch does.</summary>
internal static class Answer
{
    public const string Json = "application/json; charset=UTF-8";
    public const string PlainText = "text/plain; charset=UTF-8";

    /// <summary>Writes a small JSON answer, with <c>filter_path</c> and <c>pretty</c>.</summary>
    public static async Task WriteAsync(StoreRequest request, int status, Action<Utf8JsonWriter> write)
    {
        FilterPath? filter = FilterPath.Read(request.Parameter("filter_path"));
        var options = new JsonWriterOptions { Indented = request.Flag("pretty"), SkipValidation = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, filter is null ? options : options with { Indented = false })) write(writer);
        if (filter is not null)
        {
            var filtered = new ArrayBufferWriter<byte>(1024);
            using (JsonDocument document = JsonDocument.Parse(buffer.WrittenMemory, new JsonDocumentOptions { MaxDepth = 256 }))
            using (var writer = new Utf8JsonWriter(filtered, options)) filter.Write(document.RootElement, writer);
            buffer = filtered;
        }

        await SendAsync(request, status, Json, buffer.WrittenMemory).ConfigureAwait(false);
    }

    public static Task WriteErrorAsync(StoreRequest request, OpenSearchError error)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = request.Flag("pretty") })) error.WriteBody(writer);
        return SendAsync(request, error.Status, Json, buffer.WrittenMemory);
    }

    /// <summary>An error whose <c>error</c> is a string: what fails before a handler is found.</summary>
    public static Task WriteErrorAsync(StoreRequest request, int status, string error)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("error", error);
            writer.WriteNumber("status", status);
            writer.WriteEndObject();
        }

        return SendAsync(request, status, Json, buffer.WrittenMemory);
    }

    /// <summary>Sends a whole body, or to HEAD its headers.</summary>
    public static async Task SendAsync(StoreRequest request, int status, string contentType, ReadOnlyMemory<byte> body)
    {
        HttpResponse response = Begin(request, status, contentType);
        response.ContentLength = body.Length;
        if (HttpMethods.IsHead(request.Method)) return;
        await response.BodyWriter.WriteAsync(body, request.Aborted).ConfigureAwait(false);
    }

    /// <summary>Sets status and headers; the body is written to the response's writer by the caller.</summary>
    public static HttpResponse Begin(StoreRequest request, int status, string contentType)
    {
        HttpResponse response = request.Context.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        if (request.Context.Request.Headers.TryGetValue("X-Opaque-Id", out var opaque)) response.Headers["X-Opaque-Id"] = opaque;
        return response;
    }
}
