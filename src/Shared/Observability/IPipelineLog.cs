namespace LogPipeline.Observability;

/// <summary>
/// Where the pipeline tells people what happens. Rate rule: an event is written when a state changes (a tenant is held, an endpoint is
/// gone, a file cannot be read), never per line, per document or per request.
/// </summary>
public interface IPipelineLog
{
    /// <param name="level">Who should care.</param>
    /// <param name="eventName">The event's stable name, one of <see cref="LogEvents"/>.</param>
    /// <param name="message">One sentence for a person; no line end, no secret, no log text of others beyond a short reason.</param>
    void Write(PipelineLogLevel level, string eventName, string message);
}
