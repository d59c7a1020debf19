using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using LogPipeline.Sources;

namespace LogPipeline.Tailing;

/// <summary>
/// Makes <see cref="FileId"/>s (docs/exactly-once.md). The scheme of a container's file is a function of who writes it and of its first line, which
/// its timestamp makes unique; a plain file's is assigned once, and must be durable before its first byte is sent.
/// </summary>
public static class FileIdentity
{
    /// <summary>Names the scheme in the hash, so that a later one cannot meet it; it is also the first character of every record's id.</summary>
    public const char Scheme = 'a';

    public static FileId OfContainerFile(string cluster, SourceKind kind, LogOrigin origin, ReadOnlySpan<byte> firstLine)
    {
        string owner = kind == SourceKind.Docker
            ? Join("docker", cluster, origin.ContainerId)
            : Join("kubelet", cluster, origin.Namespace, origin.Pod, origin.PodUid, origin.Container, origin.Restart.ToString(CultureInfo.InvariantCulture));
        return Hash(owner, firstLine);
    }

    /// <param name="host">The machine's id.</param>
    /// <param name="path">The path at first sight.</param>
    /// <param name="firstSightNanos">Time of first sight.</param>
    /// <param name="random">64 random bits: a ledger that is lost can double, never swallow.</param>
    public static FileId OfPlainFile(string host, string path, long firstSightNanos, ulong random) =>
        Hash(Join("plain", host, path, firstSightNanos.ToString(CultureInfo.InvariantCulture), random.ToString(CultureInfo.InvariantCulture)), default);

    // Parts may hold any character: each is led by its length.
    private static string Join(params ReadOnlySpan<string> parts)
    {
        var text = new DefaultInterpolatedStringHandler(0, 0, CultureInfo.InvariantCulture, stackalloc char[512]);
        text.AppendFormatted(Scheme);
        foreach (string part in parts)
        {
            text.AppendFormatted('|');
            text.AppendFormatted(part.Length);
            text.AppendFormatted(':');
            text.AppendLiteral(part);
        }
        return text.ToStringAndClear();
    }

    private static FileId Hash(string owner, ReadOnlySpan<byte> firstLine)
    {
        byte[] text = new byte[Encoding.UTF8.GetByteCount(owner) + 1 + firstLine.Length];
        int length = Encoding.UTF8.GetBytes(owner, text);
        text[length++] = (byte)'\n';
        firstLine.CopyTo(text.AsSpan(length));
        Span<byte> result = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text, result);
        return FileId.Read(result);
    }
}
