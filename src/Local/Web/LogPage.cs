using LogPipeline.Local.Search;
using LogPipeline.Local.Web.Status;

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
    public static IEndpointRouteBuilder MapLogPage(this IEndpointRouteBuilder endpoints, Func<LogSearch> search, IPipelineStatus status, TimeProvider time)
    {
        var questions = new Lazy<SearchEndpoints>(() => new SearchEndpoints(search()));
        var tail = new Lazy<TailEndpoint>(() => new TailEndpoint(search(), time));
        endpoints.MapGet("/api/search", context => questions.Value.SearchAsync(context));
        endpoints.MapGet("/api/histogram", context => questions.Value.HistogramAsync(context));
        endpoints.MapGet("/api/facets", context => questions.Value.FacetsAsync(context));
        endpoints.MapGet("/api/document", context => questions.Value.DocumentAsync(context));
        endpoints.MapGet("/api/context", context => questions.Value.ContextAsync(context));
        endpoints.MapGet("/api/tail", context => tail.Value.FollowAsync(context));
        endpoints.MapGet("/api/health", context => HealthEndpoint.WriteAsync(context, status.Snapshot(), time.GetUtcNow()));
        PageAssets.Map(endpoints);
        return endpoints;
    }
}
