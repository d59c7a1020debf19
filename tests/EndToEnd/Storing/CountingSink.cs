using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LogPipeline.Tests.Storing;

/// <summary>A store that keeps nothing: counts documents and the bytes that they account for, and says that all were created.</summary>
internal sealed class CountingSink : IAsyncDisposable
{
    private readonly WebApplication _app;
    private long _documents, _lengthBytes;

    private CountingSink(WebApplication app) => _app = app;

    public string Url => _app.Urls.First();

    public long Documents => Volatile.Read(ref _documents);

    /// <summary>The sum of <c>log.length</c>.</summary>
    public long LengthBytes => Volatile.Read(ref _lengthBytes);

    public static async Task<CountingSink> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        WebApplication app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var sink = new CountingSink(app);
        app.Run(sink.AnswerAsync);
        await app.StartAsync();
        return sink;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        if (context.Request.Path == "/_bulk") await CountAsync(context);
        else await context.Response.WriteAsync(context.Request.Path == "/" ? """{"version":{"distribution":"opensearch","number":"2.11.0"}}""" : """{"acknowledged":true}""");
    }

    private async Task CountAsync(HttpContext context)
    {
        int documents = 0;
        PipeReader body = context.Request.BodyReader;
        while (true)
        {
            ReadResult read = await body.ReadAsync();
            ReadOnlySequence<byte> rest = read.Buffer;
            while (TryTakeLine(ref rest, out ReadOnlySequence<byte> line))
            {
                if (!TryFindLength(line, out long length)) continue;
                documents++;
                Interlocked.Add(ref _lengthBytes, length);
            }
            body.AdvanceTo(rest.Start, rest.End);
            if (read.IsCompleted) break;
        }
        Interlocked.Add(ref _documents, documents);
        var answer = new StringBuilder("{\"took\":1,\"errors\":false,\"items\":[");
        for (int item = 0; item < documents; item++) answer.Append(item > 0 ? "," : "").Append("{\"create\":{\"status\":201}}");
        await context.Response.WriteAsync(answer.Append("]}").ToString());
    }

    private static bool TryTakeLine(ref ReadOnlySequence<byte> rest, out ReadOnlySequence<byte> line)
    {
        line = default;
        if (rest.PositionOf((byte)'\n') is not { } end) return false;
        line = rest.Slice(0, end);
        rest = rest.Slice(rest.GetPosition(1, end));
        return true;
    }

    // Only documents have one; text in them has its quotes escaped.
    private static bool TryFindLength(in ReadOnlySequence<byte> line, out long length)
    {
        ReadOnlySpan<byte> bytes = line.IsSingleSegment ? line.FirstSpan : line.ToArray();
        int at = bytes.IndexOf("\"log.length\":"u8);
        length = 0;
        return at >= 0 && Utf8Parser.TryParse(bytes[(at + "\"log.length\":"u8.Length)..], out length, out _);
    }
}
