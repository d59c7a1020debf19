using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace LogPipeline.Local.Store.Http;

/// <summary>A request to the store's API: its path below the prefix, its parameters, its body.</summary>
internal sealed class StoreRequest
{
    /// <summary>OpenSearch's <c>http.max_content_length</c>: of a body, before and after decompression.</summary>
    public const int MaxBodyBytes = 100 << 20;

    private static readonly string[] s_commonParameters = ["pretty", "human", "error_trace", "filter_path", "format", "source", "source_content_type"];

    private static readonly JsonDocumentOptions s_jsonOptions = new() { MaxDepth = 64 };

    public StoreRequest(HttpContext context, string prefix)
    {
        Context = context;
        string raw = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        int end = raw.IndexOf('?', StringComparison.Ordinal);
        if (end >= 0) raw = raw[..end];
        if (raw.Length == 0 || raw[0] != '/') raw = context.Request.PathBase.ToUriComponent() + context.Request.Path.ToUriComponent();
        string full = context.Request.PathBase.ToUriComponent() + prefix;
        Path = raw.StartsWith(full, StringComparison.OrdinalIgnoreCase) ? raw[full.Length..] : raw;
        if (Path.Length == 0) Path = "/";
        Segments = [.. Path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString)];
    }

    public HttpContext Context { get; }

    /// <summary>The path below the prefix, as it was sent; begins with a slash.</summary>
    public string Path { get; }

    /// <summary>The path's parts, decoded.</summary>
    public string[] Segments { get; }

    public string Method => Context.Request.Method;

    public CancellationToken Aborted => Context.RequestAborted;

    /// <summary>A parameter of the URI; null when absent.</summary>
    public string? Parameter(string name) => Context.Request.Query.TryGetValue(name, out var values) ? values.ToString() : null;

    /// <summary>A flag of the URI: present without a value, or <c>true</c>.</summary>
    public bool Flag(string name, bool fallback = false) => Parameter(name) is { } value ? value is "" or "true" : fallback;

    /// <summary>Throws <see cref="OpenSearchException"/> when the URI has a parameter that is neither common to all nor one of these.</summary>
    public void CheckParameters(params ReadOnlySpan<string> known)
    {
        foreach (string name in Context.Request.Query.Keys)
        {
            if (known.Contains(name) || s_commonParameters.Contains(name)) continue;
            throw new OpenSearchException(OpenSearchError.IllegalArgument($"request [{Path}] contains unrecognized parameter: [{name}]"));
        }
    }

    /// <summary>Checks <c>refresh</c>; true when the answer says <c>forced_refresh</c>. Every document is visible at once anyway.</summary>
    public bool IsForcedRefresh() => Parameter("refresh") switch
    {
        null or "false" or "wait_for" => false,
        "" or "true" => true,
        { } value => throw new OpenSearchException(OpenSearchError.IllegalArgument($"Unknown value for refresh: [{value}].")),
    };

    /// <summary>
    /// Reads the whole body, decompressed, into a pooled array. Throws <see cref="OpenSearchException"/> for a body that is no gzip,
    /// <see cref="BodyTooLargeException"/> past <see cref="MaxBodyBytes"/>.
    /// </summary>
    public async ValueTask<PooledBody> ReadBodyAsync()
    {
        HttpRequest request = Context.Request;
        if (Context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = null;
        if (request.ContentLength > MaxBodyBytes) throw new BodyTooLargeException();
        var body = new PooledBody((int)(request.ContentLength ?? 0));
        try
        {
            bool isGzip = request.Headers.ContentEncoding.ToString().Equals("gzip", StringComparison.OrdinalIgnoreCase);
            PipeReader reader = isGzip ? PipeReader.Create(new GZipStream(request.Body, CompressionMode.Decompress)) : request.BodyReader;
            while (true)
            {
                ReadResult result = await reader.ReadAsync(Aborted).ConfigureAwait(false);
                if (body.Length + result.Buffer.Length > MaxBodyBytes) throw new BodyTooLargeException();
                foreach (ReadOnlyMemory<byte> part in result.Buffer) body.Append(part.Span);
                reader.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted) break;
            }

            return body;
        }
        catch (InvalidDataException e)
        {
            body.Dispose();
            throw new OpenSearchException(new OpenSearchError(400, "zip_exception", $"the body is not gzip: {e.Message}"));
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    /// <summary>Refuses a body of another type than JSON, as OpenSearch does. Throws <see cref="UnsupportedContentTypeException"/>.</summary>
    public void CheckContentType()
    {
        string type = Context.Request.ContentType ?? "";
        ReadOnlySpan<char> media = type.AsSpan();
        int parameters = media.IndexOf(';');
        if (parameters >= 0) media = media[..parameters];
        media = media.Trim();
        if (media.Equals("application/json", StringComparison.OrdinalIgnoreCase) || media.Equals("application/x-ndjson", StringComparison.OrdinalIgnoreCase)) return;
        throw new UnsupportedContentTypeException(type);
    }

    /// <summary>Reads the body as JSON; null when there is none. Throws <see cref="OpenSearchException"/>.</summary>
    public async ValueTask<JsonDocument?> ReadJsonAsync()
    {
        using PooledBody body = await ReadBodyAsync().ConfigureAwait(false);
        if (body.Length == 0) return null;
        CheckContentType();
        if (!Utf8.IsValid(body.Memory.Span)) throw new OpenSearchException(new OpenSearchError(400, "json_parse_exception", "Invalid UTF-8 in the request's body"));
        try
        {
            return JsonDocument.Parse(body.Memory.ToArray(), s_jsonOptions);
        }
        catch (JsonException e)
        {
            throw new OpenSearchException(Bulk.JsonErrors.From(e, body.Memory.Span));
        }
    }

    /// <summary>Reads a part of a request; a value of the wrong JSON type in it is the sender's fault. Throws <see cref="OpenSearchException"/>.</summary>
    public static T Parsed<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or KeyNotFoundException or OverflowException)
        {
            throw new OpenSearchException(new OpenSearchError(400, "parsing_exception", e.Message));
        }
    }
}
