using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LogPipeline.Tests.Kubernetes.Monitoring;

/// <summary>
/// A store that keeps nothing and makes every meter move: each fifth bulk request is answered 429, documents of the tenant <c>poison</c> are refused for good, and the
/// tenant <c>blocked</c> may not write.
/// </summary>
internal sealed partial class PickyStore : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _requests;

    private PickyStore(WebApplication app) => _app = app;

    public string Url => _app.Urls.First();

    public static async Task<PickyStore> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        WebApplication app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var store = new PickyStore(app);
        app.Run(store.AnswerAsync);
        await app.StartAsync();
        return store;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        using var reader = new StreamReader(context.Request.Body);
        string body = await reader.ReadToEndAsync();
        if (!context.Request.Path.Value!.EndsWith("/_bulk", StringComparison.Ordinal))
        {
            await context.Response.WriteAsync(context.Request.Path == "/" ? """{"version":{"distribution":"opensearch","number":"2.19.0"}}""" : """{"acknowledged":true}""");
            return;
        }
        if (Interlocked.Increment(ref _requests) % 5 == 0)
        {
            context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            await context.Response.WriteAsync("""{"error":{"type":"rejected_execution_exception","reason":"full"},"status":429}""");
            return;
        }
        var items = new StringBuilder();
        foreach (Match action in Action().Matches(body))
        {
            items.Append(items.Length > 0 ? "," : "").Append("{\"create\":").Append(Verdict(action.Groups[1].Value)).Append('}');
        }
        await context.Response.WriteAsync($"{{\"took\":1,\"errors\":true,\"items\":[{items}]}}");
    }

    private static string Verdict(string index) =>
        index.StartsWith("logs-blocked-", StringComparison.Ordinal) ? """{"status":403,"error":{"type":"security_exception","reason":"no permissions for [indices:data/write/bulk]"}}"""
        : index.StartsWith("logs-poison-", StringComparison.Ordinal) ? """{"status":400,"error":{"type":"mapper_parsing_exception","reason":"failed to parse"}}"""
        : """{"status":201}""";

    [GeneratedRegex("^\\{\"create\":\\{\"_index\":\"([^\"]+)\"", RegexOptions.Multiline)]
    private static partial Regex Action();
}
