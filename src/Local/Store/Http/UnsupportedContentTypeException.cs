namespace LogPipeline.Local.Store.Http;

/// <summary>The body is not said to be JSON: 406.</summary>
internal sealed class UnsupportedContentTypeException(string contentType) : Exception($"Content-Type header [{contentType}] is not supported");
