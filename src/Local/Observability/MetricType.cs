namespace LogPipeline.Local.Observability;

internal enum MetricType : byte
{
    Counter,
    Gauge,
    Histogram,
}
