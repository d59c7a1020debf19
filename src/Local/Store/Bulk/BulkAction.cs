namespace LogPipeline.Local.Store.Bulk;

/// <summary>One action of a bulk request.</summary>
/// <param name="Operation">What it asks for.</param>
/// <param name="Target">Position of its index in <see cref="BulkRequest.Targets"/>.</param>
internal readonly record struct BulkAction(BulkOperation Operation, int Target);
