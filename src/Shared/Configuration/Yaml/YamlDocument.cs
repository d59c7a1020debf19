using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace LogPipeline.Configuration.Yaml;

/// <summary>
/// Reads the one document of a YAML text from the parser's events. Plain data only: tags, merge keys, keys that are not plain text and
/// a second document are refused.
/// </summary>
internal sealed class YamlDocument
{
    /// <summary>Lists and maps within one another; real configurations have four.</summary>
    private const int MaxDepth = 32;

    /// <summary>Values, aliases expanded: a few aliases of aliases would otherwise stand for billions.</summary>
    private const long MaxWeight = 100_000;

    private readonly Dictionary<string, YamlNode> _anchors = [];
    private readonly Parser _parser;

    private YamlDocument(string text) => _parser = new Parser(new StringReader(text));

    /// <summary>The document's root; null for an empty document. False when the text is no YAML or goes beyond plain data, with line and reason.</summary>
    public static bool TryRead(string text, out YamlNode? root, out int line, out string problem)
    {
        root = null;
        line = 0;
        problem = "";
        int nul = text.IndexOf('\0', StringComparison.Ordinal);
        if (nul >= 0)
        {
            // The parser takes NUL for the end of its input.
            line = 1 + text.AsSpan(0, nul).Count('\n');
            problem = "a NUL character";
            return false;
        }
        // Whatever is thrown, nothing of the file is used: where its structure is broken, every value behind that place is a guess.
        var document = new YamlDocument(text);
        try
        {
            root = document.ReadDocument();
            return true;
        }
        catch (YamlException e)
        {
            // The parser's end of the text is on a line behind the last one.
            line = (int)Math.Min(Math.Max(e.Start.Line, e.End.Line), LastLineOf(text));
            problem = e.Message.ReplaceLineEndings(" ").TrimEnd('.');
            if (problem.Contains("tab as indentation", StringComparison.Ordinal)) line = FirstTabIndented(text, line);
        }
        catch (InvalidOperationException)
        {
            // YamlDotNet 16.3 leaves its scanner this way at some malformed plain texts.
            line = (int)(document._parser.Current?.End.Line ?? 1);
            problem = "what follows this line is no YAML";
        }
        return false;
    }

    private YamlNode? ReadDocument()
    {
        _parser.Consume<StreamStart>();
        if (_parser.TryConsume<StreamEnd>(out _)) return null;
        _parser.Consume<DocumentStart>();
        YamlNode root = ReadNode(0);
        _parser.Consume<DocumentEnd>();
        if (_parser.Accept<DocumentStart>(out var second)) throw Refuse(second, "a second document begins here; one file is one document");
        return root;
    }

    private YamlNode ReadNode(int depth)
    {
        if (_parser.TryConsume<AnchorAlias>(out var alias))
        {
            return _anchors.TryGetValue(alias.Value.Value, out var target) ? target : throw Refuse(alias, $"no value before this has the anchor &{alias.Value.Value}");
        }

        var start = _parser.Consume<NodeEvent>();
        if (!start.Tag.IsEmpty && !start.Tag.IsNonSpecific) throw Refuse(start, $"the tag {start.Tag.Value} is not supported");
        if (depth > MaxDepth) throw Refuse(start, $"values nested deeper than {MaxDepth} levels");
        YamlNode node = start switch
        {
            Scalar scalar => new YamlScalar(scalar.Value, scalar.Style == ScalarStyle.Plain, LineOf(scalar)),
            SequenceStart => ReadList(LineOf(start), depth),
            _ => ReadMap(LineOf(start), depth),
        };
        if (node.Weight > MaxWeight) throw Refuse(start, $"more than {MaxWeight} values, aliases expanded");
        if (!start.Anchor.IsEmpty) _anchors[start.Anchor.Value] = node;
        return node;
    }

    private YamlList ReadList(int line, int depth)
    {
        var items = new List<YamlNode>();
        while (!_parser.TryConsume<SequenceEnd>(out _)) items.Add(ReadNode(depth + 1));
        return new YamlList(items, line);
    }

    private YamlMap ReadMap(int line, int depth)
    {
        var entries = new List<YamlEntry>();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            if (!_parser.TryConsume<Scalar>(out var key)) throw Refuse(_parser.Consume<NodeEvent>(), "a key must be plain text");
            if (key is { Value: "<<", Style: ScalarStyle.Plain }) throw Refuse(key, "merge keys (<<) are not supported; write the keys out");
            entries.Add(new YamlEntry(key.Value, LineOf(key), ReadNode(depth + 1)));
        }
        return new YamlMap(entries, line);
    }

    /// <summary>The parser reports the beginning of the mapping, a person looks for the tab.</summary>
    private static int FirstTabIndented(string text, int from)
    {
        int line = 0;
        foreach (var content in text.AsSpan().EnumerateLines())
        {
            if (++line >= from && content[..^content.TrimStart().Length].Contains('\t')) return line;
        }
        return from;
    }

    private static int LastLineOf(string text)
    {
        int lines = 0;
        foreach (var _ in text.AsSpan().EnumerateLines()) lines++;
        return lines;
    }

    private static int LineOf(ParsingEvent parsed) => (int)parsed.Start.Line;

    private static YamlException Refuse(ParsingEvent at, string reason) => new(at.Start, at.End, reason);
}
