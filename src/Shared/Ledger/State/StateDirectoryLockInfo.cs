using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace LogPipeline.Ledger.State;

/// <summary>Who holds a state directory. Empty strings are unknown.</summary>
public sealed record StateDirectoryLockInfo
{
    /// <summary>In the holder's own process namespace: another container may show another number. 0: unknown.</summary>
    public int ProcessId { get; init; }

    public string Host { get; init; } = "";

    /// <summary>The command line.</summary>
    public string Command { get; init; } = "";

    /// <summary>When the process took the lock; the default value is unknown.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>The URL under which the process answers; empty before it listens.</summary>
    public string Endpoint { get; init; } = "";

    /// <summary>This process.</summary>
    public static StateDirectoryLockInfo OfThisProcess(TimeProvider timeProvider) => new()
    {
        ProcessId = Environment.ProcessId,
        Host = Environment.MachineName,
        Command = string.Join(' ', Environment.GetCommandLineArgs()),
        StartedAt = timeProvider.GetUtcNow(),
    };

    public override string ToString() => ProcessId == 0
        ? "another process"
        : string.Create(CultureInfo.InvariantCulture, $"process {ProcessId} on {Host} ({Command}), since {StartedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z")
            + (Endpoint.Length > 0 ? ", at " + Endpoint : "");

    /// <summary>One line of JSON.</summary>
    internal byte[] Encode()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("pid", ProcessId);
            json.WriteString("host", Host);
            json.WriteString("command", Command);
            json.WriteString("started", StartedAt.UtcDateTime);
            json.WriteString("endpoint", Endpoint);
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads what <see cref="Encode"/> wrote; false for anything else.</summary>
    internal static bool TryDecode(ReadOnlyMemory<byte> bytes, out StateDirectoryLockInfo info)
    {
        info = new StateDirectoryLockInfo();
        try
        {
            using JsonDocument json = JsonDocument.Parse(bytes);
            JsonElement root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return false;
            info = new StateDirectoryLockInfo
            {
                ProcessId = root.TryGetProperty("pid", out JsonElement pid) && pid.ValueKind == JsonValueKind.Number && pid.TryGetInt32(out int number) ? number : 0,
                Host = Text(root, "host"),
                Command = Text(root, "command"),
                StartedAt = DateTimeOffset.TryParse(
                    Text(root, "started"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset started) ? started : default,
                Endpoint = Text(root, "endpoint"),
            };
            return true;
        }
        catch (JsonException)
        {
            // Half-written by the process that is taking the lock, or by someone else: the lock is what counts, not the text.
            return false;
        }
    }

    private static string Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() ?? "" : "";
}
