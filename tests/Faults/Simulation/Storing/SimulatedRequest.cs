using System.Text;
using System.Text.Json;

namespace LogPipeline.Tests.Simulation.Storing;

/// <summary>A request as it came to the store.</summary>
internal sealed class SimulatedRequest
{
    private SimulatedRequest(string path, byte[] body)
    {
        IsBulk = path.EndsWith("/_bulk", StringComparison.Ordinal);
        IsMultiGet = path.EndsWith("/_mget", StringComparison.Ordinal);
        Body = body;
        if (IsBulk) ReadActions(body);
        else if (IsMultiGet) ReadLookUps(body);
    }

    private SimulatedRequest(SimulatedRequest original) =>
        (IsBulk, IsMultiGet, Body, Documents) = (original.IsBulk, original.IsMultiGet, original.Body, original.Documents);

    public bool IsBulk { get; }

    public bool IsMultiGet { get; }

    public byte[] Body { get; }

    /// <summary>What it creates, or asks for (without a source).</summary>
    public List<(string Index, string Id, byte[] Source)> Documents { get; } = [];

    /// <summary>Who waits for the answer; null when nobody does any more.</summary>
    public TaskCompletionSource<HttpResponseMessage>? Caller { get; set; }

    /// <summary>How often others come first.</summary>
    public int Patience { get; set; }

    /// <summary>Nobody will be told what becomes of it; who waits gives up in time.</summary>
    public bool IsUnanswered { get; set; }

    public static SimulatedRequest Read(string path, byte[] body) => new(path, body);

    /// <summary>The same once more, for nobody.</summary>
    public SimulatedRequest Again() => new(this) { IsUnanswered = true };

    private void ReadActions(byte[] body)
    {
        for (int at = 0; at < body.Length;)
        {
            int action = Array.IndexOf(body, (byte)'\n', at), source = Array.IndexOf(body, (byte)'\n', action + 1);
            using JsonDocument line = JsonDocument.Parse(body.AsMemory(at, action - at));
            JsonElement create = line.RootElement.GetProperty("create");
            Documents.Add((create.GetProperty("_index").GetString()!, create.GetProperty("_id").GetString()!, body[(action + 1)..source]));
            at = source + 1;
        }
    }

    private void ReadLookUps(byte[] body)
    {
        using JsonDocument question = JsonDocument.Parse(Encoding.UTF8.GetString(body));
        foreach (JsonElement entry in question.RootElement.GetProperty("docs").EnumerateArray()) Documents.Add((entry.GetProperty("_index").GetString()!, entry.GetProperty("_id").GetString()!, []));
    }
}
