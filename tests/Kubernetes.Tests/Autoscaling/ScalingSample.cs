namespace LogPipeline.Tests.Kubernetes.Autoscaling;

/// <summary>One second of a simulation.</summary>
/// <param name="Second">Seconds since the beginning.</param>
/// <param name="Written">Bytes written in it.</param>
/// <param name="Backlog">Bytes that wait at its end.</param>
/// <param name="Recorded">The backlog as the autoscaler sees it.</param>
/// <param name="Replicas">Aggregators asked for.</param>
/// <param name="Ready">Aggregators that store.</param>
internal readonly record struct ScalingSample(int Second, double Written, double Backlog, double Recorded, int Replicas, int Ready);
