namespace LogPipeline.Local.Store.Http;

/// <summary>The body is larger than <see cref="StoreRequest.MaxBodyBytes"/>: 413 without a body.</summary>
internal sealed class BodyTooLargeException : Exception;
