using System.Net;
using System.Text;

namespace LogPipeline.Tests.Search;

/// <summary>A store that answers what a test says, and remembers what it was asked.</summary>
internal sealed class StubStore(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler
{
    public List<(string Method, string Path, string Body)> Asked { get; } = [];

    public static HttpResponseMessage Answer(HttpStatusCode status, string body) =>
        new(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        lock (Asked)
        {
            Asked.Add((request.Method.Method, request.RequestUri!.PathAndQuery, body));
        }

        cancellationToken.ThrowIfCancellationRequested();
        return answer(request);
    }
}
