using LogPipeline.Observability;

namespace LogPipeline.Local.Observability;

/// <summary><c>/metrics</c>, <c>/healthz</c> and <c>/readyz</c>.</summary>
public static class MetricsEndpoints
{
    private static readonly TimeSpan RefreshLimit = TimeSpan.FromSeconds(1);

    /// <param name="routes">Where to add them.</param>
    /// <param name="exposition">What <c>/metrics</c> answers.</param>
    /// <param name="refresh">Called before <c>/metrics</c> is rendered: has the gauges' owners say how they stand now. Waited for a second at most.</param>
    /// <param name="notReady">Why the pipeline cannot take logs now, as one line; null when it can. <c>/readyz</c> answers 503 with it, 200 otherwise; <c>/healthz</c> answers 200 as long as the process answers at all.</param>
    public static IEndpointRouteBuilder MapMetrics(this IEndpointRouteBuilder routes, PrometheusExposition exposition, Func<Task> refresh, Func<string?> notReady)
    {
        routes.MapGet("/metrics", async context =>
        {
            await Task.WhenAny(refresh(), Task.Delay(RefreshLimit, context.RequestAborted));
            await Answer(context, StatusCodes.Status200OK, PrometheusText.ContentType, exposition.Render());
        });
        routes.MapGet("/healthz", context => Answer(context, StatusCodes.Status200OK, "text/plain; charset=utf-8", "ok\n"));
        routes.MapGet("/readyz", context =>
        {
            string? reason = notReady();
            int status = reason is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
            return Answer(context, status, "text/plain; charset=utf-8", (reason ?? "ok") + "\n");
        });
        return routes;
    }

    private static Task Answer(HttpContext context, int status, string contentType, string body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(body, context.RequestAborted);
    }
}
