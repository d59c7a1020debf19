using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace LogPipeline.Local.Store.Http;

/// <summary>Puts the store's REST API into a web application.</summary>
public static class EmbeddedStoreEndpoints
{
    /// <summary>
    /// Answers OpenSearch's API for <paramref name="store"/> under a path: with <c>/opensearch</c>, its <c>/_bulk</c> is
    /// <c>/opensearch/_bulk</c>, and <c>/opensearch</c> and <c>/opensearch/</c> both are its <c>/</c>. An empty prefix or <c>/</c> takes
    /// all paths that no other endpoint has. The store stays the caller's, to be disposed after the application has stopped.
    /// </summary>
    public static IEndpointConventionBuilder MapEmbeddedStore(this IEndpointRouteBuilder endpoints, string prefix, EmbeddedStore store)
    {
        string path = prefix.TrimEnd('/');
        var router = new StoreRouter(store, path);
        return endpoints.Map(path + "/{**path}", new RequestDelegate(router.HandleAsync));
    }
}
