namespace LogPipeline.Parsing;

/// <summary>
/// Severity by OpenTelemetry's numbers (https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber); the name is
/// the short name of the range.
/// </summary>
public enum Severity : byte
{
    Unspecified = 0,
    Trace = 1,
    Debug = 5,
    Info = 9,
    Warn = 13,
    Error = 17,
    Fatal = 21,
}
