namespace LogPipeline.Tests.Engine;

/// <summary>A parser's invariant does not hold.</summary>
internal sealed class FuzzFailureException(string message) : Exception(message);
