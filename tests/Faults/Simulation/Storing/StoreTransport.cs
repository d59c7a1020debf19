using System.IO.Compression;

namespace LogPipeline.Tests.Simulation.Storing;

/// <summary>One process's connections to the simulated store: requests are taken apart and wait there. Everything runs on the simulation's thread.</summary>
internal sealed class StoreTransport(Action<SimulatedRequest> arrive) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        byte[] body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(CancellationToken.None).ConfigureAwait(false);
        if (request.Content?.Headers.ContentEncoding.Contains("gzip") == true) body = Decompress(body);
        var answered = new TaskCompletionSource<HttpResponseMessage>();
        SimulatedRequest arrived = SimulatedRequest.Read(request.RequestUri!.AbsolutePath, body);
        arrived.Caller = answered;
        using CancellationTokenRegistration cancelled = cancellationToken.Register(() =>
        {
            arrived.Caller = null;
            answered.TrySetCanceled(cancellationToken);
        });
        arrive(arrived);
        return await answered.Task.ConfigureAwait(false);
    }

    private static byte[] Decompress(byte[] body)
    {
        using var plain = new MemoryStream();
        using (var gzip = new GZipStream(new MemoryStream(body), CompressionMode.Decompress)) gzip.CopyTo(plain);
        return plain.ToArray();
    }
}
