using System.Diagnostics.CodeAnalysis;

namespace LogPipeline.Sources.Layouts;

/// <summary>
/// A glob over absolute paths. <c>*</c>, <c>?</c> and <c>[…]</c> stay within a component; <c>**</c> as a whole component stands for any number
/// of directories, none included, and does not go through links to directories (the others do), so that a walk ends even where links
/// form a loop. At most 60 components.
/// <para>
/// A walk keeps the set of places in the pattern that a path so far can be at, as bits: it begins with <see cref="Start"/> at
/// <see cref="Prefix"/> and takes a <see cref="Step"/> with each name.
/// </para>
/// </summary>
public sealed class PathGlob
{
    private const int MostSegments = 60;
    private readonly GlobSegment[] _segments;

    private PathGlob(string text, string prefix, GlobSegment[] segments)
    {
        Text = text;
        Prefix = prefix;
        _segments = segments;
        Start = Close(1);
    }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>The deepest directory that every match lies beneath.</summary>
    public string Prefix { get; }

    /// <summary>The places of a walk at <see cref="Prefix"/>.</summary>
    public ulong Start { get; }

    /// <summary>False with the reason when the text is no glob over absolute paths.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out PathGlob? glob, out string fault)
    {
        glob = null;
        fault = !text.StartsWith('/') ? $"'{text}' is no absolute path"
            : text.EndsWith('/') ? $"'{text}' names a directory: add a pattern for its files, such as {text}*.log"
            : text.Contains('\0', StringComparison.Ordinal) ? "a path has no NUL character"
            : "";
        if (fault.Length > 0) return false;

        string[] parts = text.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length > MostSegments) fault = $"'{text}' has more than {MostSegments} components";
        else if (parts.Any(part => part is "." or "..")) fault = $"'{text}' has a '.' or '..' component";
        if (fault.Length > 0) return false;

        var segments = new List<GlobSegment>();
        foreach (string part in parts)
        {
            if (GlobSegment.Parse(part, out fault) is not { } segment) return false;
            segments.Add(segment);
        }

        int literals = segments.TakeWhile(segment => segment.Literal is not null).Count();
        int prefix = Math.Min(literals, segments.Count - 1);
        glob = new PathGlob(text, "/" + string.Join('/', segments.Take(prefix).Select(segment => segment.Literal)), [.. segments.Skip(prefix)]);
        return true;
    }

    /// <summary>The places after one more component; 0 when nothing beneath it can match. <paramref name="throughLink"/>: the name is a link to a directory.</summary>
    public ulong Step(ulong places, ReadOnlySpan<char> name, bool throughLink = false)
    {
        ulong next = 0;
        for (int i = 0; i < _segments.Length; i++)
        {
            if ((places & (1UL << i)) == 0) continue;
            GlobSegment segment = _segments[i];
            if (segment.AnyDepth)
            {
                if (!throughLink) next |= 1UL << i;
            }
            else if (segment.IsMatch(name))
            {
                next |= 1UL << (i + 1);
            }
        }

        return Close(next);
    }

    /// <summary>A path at these places is a match.</summary>
    public bool Accepts(ulong places) => (places & (1UL << _segments.Length)) != 0;

    /// <summary>A path at these places can have matches beneath it.</summary>
    public bool Descends(ulong places) => (places & ~(1UL << _segments.Length)) != 0;

    /// <summary>The path is a match, or lies beneath one: what an exclude leaves out.</summary>
    public bool IsMatchOrBeneath(ReadOnlySpan<char> path)
    {
        if (Prefix.Length > 1)
        {
            if (!path.StartsWith(Prefix) || path.Length <= Prefix.Length || path[Prefix.Length] != '/') return false;
            path = path[Prefix.Length..];
        }

        ulong places = Start;
        while (path.Length > 1)
        {
            path = path[1..];
            int slash = path.IndexOf('/');
            ReadOnlySpan<char> name = slash < 0 ? path : path[..slash];
            places = Step(places, name);
            if (Accepts(places)) return true;
            if (places == 0 || slash < 0) return false;
            path = path[slash..];
        }

        return false;
    }

    /// <summary>Adds the places that a <c>**</c> standing for no directory leads to.</summary>
    private ulong Close(ulong places)
    {
        for (int i = 0; i < _segments.Length; i++)
            if (_segments[i].AnyDepth && (places & (1UL << i)) != 0) places |= 1UL << (i + 1);
        return places;
    }
}
