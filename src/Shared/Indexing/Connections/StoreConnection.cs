using System.Buffers;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using LogPipeline.Configuration;
using LogPipeline.Observability;

namespace LogPipeline.Indexing.Connections;

/// <summary>
/// Sends single requests to the store and reads whole answers into pooled buffers. Every failure of the network is an answer
/// (<see cref="StoreAnswer.Failure"/>), never an exception. Thread-safe; disposes its handler.
/// </summary>
public sealed class StoreConnection : IStoreRequests, IDisposable
{
    /// <summary>An answer larger than this is not read: a bulk answer has at most about a kilobyte a document.</summary>
    private const int MaxAnswerBytes = 256 << 20;

    /// <summary>
    /// After so long without a request a connection is closed. Shorter than the idle time of common servers and load balancers (60 s), whose closing would
    /// look like a lost answer; a connection holds the buffer of its last body meanwhile.
    /// </summary>
    public static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(15);

    private readonly HttpMessageInvoker _http;
    private readonly StoreCredentials _credentials;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly long _started;

    /// <param name="addresses">Base addresses, path prefix included (<c>http://127.0.0.1:5080/opensearch</c>).</param>
    /// <param name="store">Credentials and compression.</param>
    /// <param name="indexing">Concurrency and the time of one request.</param>
    /// <param name="handler">Carries the requests; <see cref="CreateHandler"/>, or a test's own.</param>
    /// <param name="time">Clock and timers.</param>
    public StoreConnection(IEnumerable<Uri> addresses, StoreOptions store, IndexingOptions indexing, HttpMessageHandler handler, TimeProvider time)
    {
        Endpoints = new StoreEndpoints(addresses, indexing.MaxConcurrency);
        Gzip = store.Gzip;
        _credentials = new StoreCredentials(store);
        _timeout = indexing.RequestTimeout;
        _http = new HttpMessageInvoker(handler);
        _time = time;
        _started = time.GetTimestamp();
    }

    public StoreEndpoints Endpoints { get; }

    public IEnumerable<string> Names => Endpoints.Names;

    /// <summary>Bodies are sent compressed.</summary>
    public bool Gzip { get; }

    /// <summary>Monotonic time since the connection was made.</summary>
    public TimeSpan Now => _time.GetElapsedTime(_started);

    /// <summary>
    /// Connections are kept and reused; a server certificate is checked against <see cref="StoreOptions.CaFile"/> when there is one.
    /// Throws <see cref="InvalidOperationException"/> when that file cannot be read.
    /// </summary>
    public static SocketsHttpHandler CreateHandler(StoreOptions options)
    {
        SocketsHttpHandler handler = new()
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            // No trace goes through here: nothing is added to a request's head for one.
            ActivityHeadersPropagator = null,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionIdleTimeout = IdleTimeout,
            // So that a changed name is noticed.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        if (options.CaFile is { Length: > 0 } file)
        {
            X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            try
            {
                policy.CustomTrustStore.ImportFromPemFile(file);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException)
            {
                handler.Dispose();
                throw new InvalidOperationException($"store.ca_file: {e.Message}", e);
            }

            handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
        }

        return handler;
    }

    /// <summary>
    /// Sends a request to one endpoint. After a 401 the credentials are read again and, if they changed, the request is sent once more.
    /// </summary>
    /// <param name="endpoint">Where to.</param>
    /// <param name="method">The method.</param>
    /// <param name="path">Path and query behind the endpoint's prefix, without a slash at its start.</param>
    /// <param name="content">The body, readable more than once; null for none. Stays the caller's.</param>
    /// <param name="cancellationToken">Gives the answer <see cref="StoreFailure.Stopped"/>.</param>
    public async Task<StoreAnswer> SendAsync(StoreEndpoint endpoint, HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        AuthenticationHeaderValue? used = _credentials.Header;
        StoreAnswer answer = await SendOnceAsync(endpoint, method, path, content, used, cancellationToken).ConfigureAwait(false);
        if (answer.Status != 401) return answer;
        _credentials.Reload();
        // Also when another request's 401 has read them again meanwhile.
        if (Equals(used, _credentials.Header)) return answer;
        answer.Dispose();
        return await SendOnceAsync(endpoint, method, path, content, _credentials.Header, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends a request that is not about documents to an endpoint in turn.</summary>
    public async Task<StoreAnswer> SendAsync(HttpMethod method, string path, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        StoreEndpoint endpoint = Endpoints.Take(Now);
        using ReadOnlyMemoryContent? content = json.IsEmpty ? null : new ReadOnlyMemoryContent(json);
        if (content is not null) content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        StoreAnswer answer = await SendAsync(endpoint, method, path, content, cancellationToken).ConfigureAwait(false);
        Endpoints.Release(endpoint, answer, 0, overloaded: false, Now);
        return answer;
    }

    public void Dispose() => _http.Dispose();

    private async Task<StoreAnswer> SendOnceAsync(
        StoreEndpoint endpoint, HttpMethod method, string path, HttpContent? content, AuthenticationHeaderValue? authorization, CancellationToken cancellationToken)
    {
        long start = _time.GetTimestamp();
        using CancellationTokenSource timeout = new(_timeout, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        StoreAnswer answer;
        HttpRequestMessage request = new(method, endpoint.At(path));
        request.Headers.Authorization = authorization;
        request.Content = content;
        bool headRead = false;
        try
        {
            using HttpResponseMessage response = await _http.SendAsync(request, either.Token).ConfigureAwait(false);
            headRead = true;
            answer = await ReadAsync(response, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The handler's own time for connecting ends this way too, without either token.
            answer = cancellationToken.IsCancellationRequested ? StoreAnswer.Failed(StoreFailure.Stopped, "stopped")
                : timeout.IsCancellationRequested ? StoreAnswer.Failed(StoreFailure.TimedOut, $"no answer within {_timeout.TotalSeconds:0} s")
                : StoreAnswer.Failed(StoreFailure.NotConnected, "no connection in time");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // What the server did with the request is not known, unless no connection was made.
            answer = StoreAnswer.Failed(headRead ? StoreFailure.Truncated : FailureOf(e), e.InnerException?.Message ?? e.Message);
        }

        // Not disposed with its content, which belongs to the caller and is sent again.
        request.Content = null;
        request.Dispose();
        answer.Elapsed = _time.GetElapsedTime(start);
        return answer;
    }

    /// <summary>What an exception of a request says of it, when no answer has begun.</summary>
    public static StoreFailure FailureOf(Exception exception) => exception is HttpRequestException
    {
        HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError,
    }
        ? StoreFailure.NotConnected
        : StoreFailure.Closed;

    private async Task<StoreAnswer> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        long announced = response.Content.Headers.ContentLength ?? 4096;
        if (announced > MaxAnswerBytes) return StoreAnswer.Failed(StoreFailure.Truncated, $"an answer of {announced} bytes is not read");
        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)Math.Max(announced, 1) + 1);
        int length = 0;
        long cpu = 0;
        try
        {
            Stream stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                long began = StepCpu.ThreadNanos;
                while (true)
                {
                    ValueTask<int> reading = stream.ReadAsync(buffer.AsMemory(length), cancellationToken);
                    int read;
                    if (reading.IsCompleted) read = await reading.ConfigureAwait(false);
                    else
                    {
                        // It may go on on another thread.
                        cpu += StepCpu.ThreadNanos - began;
                        read = await reading.ConfigureAwait(false);
                        began = StepCpu.ThreadNanos;
                    }

                    if (read == 0) break;
                    length += read;
                    if (length < buffer.Length) continue;
                    if (length >= MaxAnswerBytes) throw new IOException($"an answer of more than {MaxAnswerBytes} bytes is not read");
                    byte[] larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
                    buffer.AsSpan(0, length).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }

                cpu += StepCpu.ThreadNanos - began;
            }

            StoreAnswer answer = StoreAnswer.Answered((int)response.StatusCode, RetryAfter(response), buffer, length);
            answer.ReadCpuNanos = cpu;
            buffer = [];
            return answer;
        }
        finally
        {
            if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - _time.GetUtcNow(),
        _ => null,
    };
}
