using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace LogPipeline.Sources.Layouts;

/// <summary>The layout of Docker's json-file driver, under whatever root: <c>…/&lt;id&gt;/&lt;id&gt;-json.log</c>, the id being 64 hexadecimal digits.</summary>
public static class DockerPath
{
    private const int IdLength = 64;
    private const string Suffix = "-json.log";
    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");

    /// <summary>The container's id when <paramref name="path"/> is its live file.</summary>
    public static bool TryParse(ReadOnlySpan<char> path, [NotNullWhen(true)] out string? containerId)
    {
        containerId = IsLiveFile(path) ? path.Slice(path.Length - (IdLength + Suffix.Length), IdLength).ToString() : null;
        return containerId is not null;
    }

    /// <summary>The path is that of a container's live file.</summary>
    public static bool IsLiveFile(ReadOnlySpan<char> path)
    {
        int start = path.Length - (IdLength + 1 + IdLength + Suffix.Length);
        if (start < 1 || path[start - 1] != '/' || !path.EndsWith(Suffix)) return false;
        ReadOnlySpan<char> directory = path.Slice(start, IdLength);
        if (directory.ContainsAnyExcept(Hex) || path[start + IdLength] != '/') return false;
        return path.Slice(start + IdLength + 1, IdLength).SequenceEqual(directory);
    }
}
