namespace LogPipeline.Tests.Kubernetes.Autoscaling;

/// <summary>An external metric of a HorizontalPodAutoscaler.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Target">What it should be.</param>
/// <param name="IsAverage"><c>AverageValue</c>: the target is for one replica; otherwise <c>Value</c>: for all of them.</param>
internal sealed record HpaMetric(string Name, double Target, bool IsAverage);
