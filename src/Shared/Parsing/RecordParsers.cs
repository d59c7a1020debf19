using System.Diagnostics.CodeAnalysis;
using LogPipeline.Configuration;

namespace LogPipeline.Parsing;

/// <summary>Every parser by its name in the configuration. A new one is its file and its line here.</summary>
public static class RecordParsers
{
    private static readonly Dictionary<string, Func<ParsingOptions, IRecordParser>> s_parsers = new(StringComparer.Ordinal)
    {
        ["auto"] = options => new AutoParser(options),
        ["json"] = options => new JsonParser(options),
        ["none"] = _ => new NoParser(),
    };

    /// <summary>The names that <see cref="ParsingOptions.Parser"/> may have.</summary>
    public static IReadOnlyCollection<string> Names => s_parsers.Keys;

    /// <summary>Makes a worker's parser; false when no parser has the name that the options give.</summary>
    public static bool TryCreate(ParsingOptions options, [NotNullWhen(true)] out IRecordParser? parser)
    {
        parser = s_parsers.TryGetValue(options.Parser, out Func<ParsingOptions, IRecordParser>? create) ? create(options) : null;
        return parser is not null;
    }

    /// <summary>Makes a worker's parser from options that were validated.</summary>
    /// <exception cref="ArgumentException">They were not.</exception>
    public static IRecordParser Create(ParsingOptions options) =>
        TryCreate(options, out IRecordParser? parser)
            ? parser
            : throw new ArgumentException($"parsing.parser '{options.Parser}' is none of {string.Join(", ", Names)}", nameof(options));
}
