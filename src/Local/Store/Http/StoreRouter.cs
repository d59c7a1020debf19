using LogPipeline.Local.Store.Indices;
using Microsoft.AspNetCore.Http;

namespace LogPipeline.Local.Store.Http;

/// <summary>
/// Finds the handler of a request and answers what it refuses:
/// <code>
/// GET  HEAD         /                                   POST PUT     [/{index}]/_bulk
/// GET  POST         [/{index}]/_search                  GET  POST    [/{index}]/_count
/// GET  POST         [/{index}]/_mget                    GET  HEAD PUT POST   /{index}/_doc/{id}      POST /{index}/_doc
/// PUT  POST         /{index}/_create/{id}               GET  POST    [/{index}]/_refresh, _flush
/// PUT GET HEAD DELETE /{index}                          GET          /{index}/_mapping, _settings
/// GET               /_cat/indices[/{index}]             GET          /_cluster/health[/{index}]
/// PUT POST GET HEAD DELETE /_index_template[/{name}]
/// </code>
/// </summary>
internal sealed class StoreRouter(EmbeddedStore store, string prefix)
{
    private readonly BulkHandler _bulk = new(store);
    private readonly SearchHandler _search = new(store);
    private readonly DocumentHandler _documents = new(store);
    private readonly IndexHandler _indices = new(store);
    private readonly TemplateHandler _templates = new(store);
    private readonly ClusterHandler _cluster = new(store);

    public async Task HandleAsync(HttpContext context)
    {
        var request = new StoreRequest(context, prefix);
        try
        {
            await RouteAsync(request).ConfigureAwait(false);
        }
        catch (OpenSearchException e) when (!context.Response.HasStarted)
        {
            await Answer.WriteErrorAsync(request, e.Error).ConfigureAwait(false);
        }
        catch (UnsupportedContentTypeException e) when (!context.Response.HasStarted)
        {
            await Answer.WriteErrorAsync(request, 406, e.Message).ConfigureAwait(false);
        }
        catch (BodyTooLargeException) when (!context.Response.HasStarted)
        {
            context.Response.StatusCode = 413;
            context.Response.ContentLength = 0;
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            await Answer.WriteErrorAsync(request, e.StatusCode, e.Message).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException && !context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            // The disk refused: nothing was acknowledged, and the sender tries again.
            await Answer.WriteErrorAsync(request, new OpenSearchError(503, "i_o_exception", e.Message)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client is gone; nobody waits for an answer.
        }
    }

    private Task RouteAsync(StoreRequest request)
    {
        string[] path = request.Segments;
        return path switch
        {
            [] => On(request, () => ClusterHandler.InfoAsync(request), "GET", "HEAD"),
            ["_bulk"] => On(request, () => _bulk.HandleAsync(request, null), "POST", "PUT"),
            ["_search"] => On(request, () => _search.SearchAsync(request, "*"), "GET", "POST"),
            ["_count"] => On(request, () => _search.CountAsync(request, "*"), "GET", "POST"),
            ["_mget"] => On(request, () => _documents.MultiGetAsync(request, null), "GET", "POST"),
            ["_refresh" or "_flush"] => On(request, () => _indices.RefreshAsync(request, "*"), "GET", "POST"),
            ["_cat", "indices"] => On(request, () => _cluster.CatIndicesAsync(request, "*"), "GET"),
            ["_cat", "indices", var index] => On(request, () => _cluster.CatIndicesAsync(request, index), "GET"),
            ["_cluster", "health"] => On(request, () => _cluster.HealthAsync(request, null), "GET"),
            ["_cluster", "health", var index] => On(request, () => _cluster.HealthAsync(request, index), "GET"),
            ["_index_template"] => On(request, () => _templates.GetAsync(request, "*"), "GET"),
            ["_index_template", var name] => request.Method switch
            {
                "PUT" or "POST" => _templates.PutAsync(request, name),
                "GET" => _templates.GetAsync(request, name),
                "HEAD" => _templates.HeadAsync(request, name),
                "DELETE" => _templates.DeleteAsync(request, name),
                _ => WrongMethodAsync(request, "PUT", "POST", "GET", "HEAD", "DELETE"),
            },
            [var index] when index is not ['_', ..] || index == "_all" => request.Method switch
            {
                "PUT" => _indices.CreateAsync(request, index),
                "DELETE" => _indices.DeleteAsync(request, index),
                "HEAD" => _indices.HeadAsync(request, index),
                "GET" => _indices.GetAsync(request, index),
                _ => WrongMethodAsync(request, "PUT", "DELETE", "HEAD", "GET"),
            },
            [var index, "_bulk"] => On(request, () => _bulk.HandleAsync(request, index), "POST", "PUT"),
            [var index, "_search"] => On(request, () => _search.SearchAsync(request, index), "GET", "POST"),
            [var index, "_count"] => On(request, () => _search.CountAsync(request, index), "GET", "POST"),
            [var index, "_mget"] => On(request, () => _documents.MultiGetAsync(request, index), "GET", "POST"),
            [var index, "_refresh" or "_flush"] => On(request, () => _indices.RefreshAsync(request, index), "GET", "POST"),
            [var index, "_mapping" or "_settings"] => On(request, () => _indices.GetAsync(request, index), "GET"),
            [var index, "_doc"] => On(request, () => _documents.PutAsync(request, index, null, isCreate: false), "POST"),
            [var index, "_doc", var id] => request.Method switch
            {
                "GET" or "HEAD" => _documents.GetAsync(request, index, id),
                "PUT" or "POST" => _documents.PutAsync(request, index, id, isCreate: request.Parameter("op_type") == "create"),
                _ => WrongMethodAsync(request, "GET", "HEAD", "PUT", "POST"),
            },
            [var index, "_create", var id] => On(request, () => _documents.PutAsync(request, index, id, isCreate: true), "PUT", "POST"),
            _ => NoHandlerAsync(request),
        };
    }

    private static Task On(StoreRequest request, Func<Task> handle, params string[] methods) =>
        methods.Contains(request.Method) ? handle() : WrongMethodAsync(request, methods);

    private static Task WrongMethodAsync(StoreRequest request, params string[] allowed)
    {
        request.Context.Response.Headers.Allow = string.Join(',', allowed);
        return Answer.WriteErrorAsync(request, 405, $"Incorrect HTTP method for uri [{request.Path}] and method [{request.Method}], allowed: [{string.Join(", ", allowed)}]");
    }

    private static Task NoHandlerAsync(StoreRequest request) =>
        request.Segments.Length > 0 && request.Method is "POST" or "PUT" && IndexName.Check(request.Segments[0]) is { } refusal
            ? Answer.WriteErrorAsync(request, refusal)
            : Answer.WriteErrorAsync(request, 400, $"no handler found for uri [{request.Path}] and method [{request.Method}]");
}
