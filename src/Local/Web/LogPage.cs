using LogPipeline.Local.Search;

namespace LogPipeline.Local.Web;

/// <summary>The web page and its API.</summary>
public static class LogPage
{
    /// <summary>Refuses requests of foreign pages; to be called before the endpoints are mapped. <paramref name="listen"/> is <c>ADDRESS:PORT</c>.</summary>
    public static IApplicationBuilder UseLoopbackGuard(this IApplicationBuilder app, string listen)
    {
        bool loopback = LoopbackGuard.IsLoopbackAddress(listen);
        return app.Use(next => new LoopbackGuard(next, loopback).InvokeAsync);
    }

    /// <summary>
    /// Maps the page at <c>/</c>, its files, and <c>/api/search</c>, <c>/api/histogram</c>, <c>/api/facets</c>, <c>/api/tail</c>
    /// (Server-Sent Events), <c>/api/document</c>, <c>/api/context</c>, <c>/api/health</c>. All are read-only <c>GET</c>s.
    /// </summary>
    public static IEndpointRouteBuilder MapLogPage(this IEndpointRouteBuilder endpoints, LogSearch search, IPipelineStatus status, TimeProvider time)
    {
        var questions = new SearchEndpoints(search);
        var tail = new TailEndpoint(search, time);
        endpoints.MapGet("/api/search", questions.SearchAsync);
        endpoints.MapGet("/api/histogram", questions.HistogramAsync);
        endpoints.MapGet("/api/facets", questions.FacetsAsync);
        endpoints.MapGet("/api/document", questions.DocumentAsync);
        endpoints.MapGet("/api/context", questions.ContextAsync);
        endpoints.MapGet("/api/tail", tail.FollowAsync);
        endpoints.MapGet("/api/health", context => HealthEndpoint.WriteAsync(context, status.Snapshot(), time.GetUtcNow()));
        PageAssets.Map(endpoints);
        return endpoints;
    }
}
