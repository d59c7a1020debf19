using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;

namespace LogPipeline.Indexing.Connections;

/// <summary>
/// The documents of one request, written straight from their body's buffer, compressed on the way if asked. The buffer may be given
/// away only when <see cref="WhenUnread"/> has completed: a cancelled or early answered request may still be reading it.
/// </summary>
public sealed class BulkContent : HttpContent
{
    private static readonly MediaTypeHeaderValue Ndjson = new("application/x-ndjson");

    private readonly BulkBody _body;
    private readonly ReadOnlyMemory<int> _items;
    private readonly bool _isWhole;
    private readonly bool _gzip;
    private Task _writing = Task.CompletedTask;

    /// <param name="body">Owner of the buffer.</param>
    /// <param name="items">Indices of the documents to send, ascending; null sends the whole body.</param>
    /// <param name="gzip">Compress while writing; the length is then unknown and the request chunked.</param>
    public BulkContent(BulkBody body, int[]? items, bool gzip)
    {
        _body = body;
        _items = items;
        _gzip = gzip;
        Length = items is null ? body.Length : items.Sum(i => (long)body.Item(body.Items[i]).Length);
        _isWhole = items is null;
        Headers.ContentType = Ndjson;
        if (gzip) Headers.ContentEncoding.Add("gzip");
    }

    /// <summary>Bytes before compression.</summary>
    public long Length { get; }

    /// <summary>Completes when nothing reads the body's buffer; its own failure is the request's and is not repeated here.</summary>
    public async ValueTask WhenUnread() => await _writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    protected override bool TryComputeLength(out long length)
    {
        length = Length;
        return !_gzip;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        Track(_gzip ? WriteCompressedAsync(stream, cancellationToken) : WriteAsync(stream, cancellationToken));

    private Task Track(Task writing)
    {
        // A request answered 401 early may still be written while it is sent again.
        _writing = _writing.IsCompleted ? writing : Task.WhenAll(_writing, writing);
        return writing;
    }

    private async Task WriteCompressedAsync(Stream stream, CancellationToken cancellationToken)
    {
        GZipStream gzip = new(stream, CompressionLevel.Fastest, leaveOpen: true);
        await using (gzip.ConfigureAwait(false)) await WriteAsync(gzip, cancellationToken).ConfigureAwait(false);
    }

    private async Task WriteAsync(Stream stream, CancellationToken cancellationToken)
    {
        if (_isWhole)
        {
            await stream.WriteAsync(_body.Written, cancellationToken).ConfigureAwait(false);
            return;
        }

        for (int i = 0; i < _items.Length;)
        {
            ReadOnlyMemory<byte> run = Run(ref i);
            await stream.WriteAsync(run, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The bytes of the documents from <paramref name="i"/> that lie side by side in the buffer.</summary>
    private ReadOnlyMemory<byte> Run(ref int i)
    {
        Span<BulkItem> items = _body.Items;
        ReadOnlySpan<int> indices = _items.Span;
        int start = items[indices[i]].Start;
        int end = start;
        while (i < indices.Length && items[indices[i]].Start == end)
        {
            end += items[indices[i]].ActionLength + items[indices[i]].SourceLength;
            i++;
        }

        return _body.Written[start..end];
    }
}
