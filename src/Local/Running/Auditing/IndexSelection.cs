using System.IO.Enumeration;
using LogPipeline.Ledger;
using LogPipeline.Tenancy;

namespace LogPipeline.Local.Running.Auditing;

/// <summary>Which indices to ask, as the store's paths name them.</summary>
internal static class IndexSelection
{
    /// <summary>Every index of dead letters.</summary>
    public const string DeadLetters = IndexPattern.DeadLetterPrefix + "*";

    /// <summary>OpenSearch refuses a request's first line of more than 4,096 bytes.</summary>
    private const int MaxLength = 2000;

    /// <summary>The indices of the configured pattern, and what files were stored in under an earlier one.</summary>
    public static string Of(string wildcard, IEnumerable<FileCheckpoint> files)
    {
        IEnumerable<string> others = files.SelectMany(file => file.Pins).Select(pin => pin.IndexTemplate.Replace("{day}", "*", StringComparison.Ordinal)).Distinct()
            .Where(pattern => !FileSystemName.MatchesSimpleExpression(wildcard, pattern, ignoreCase: false)).Order(StringComparer.Ordinal);
        string indices = string.Join(',', [wildcard, .. others]);
        return indices.Length <= MaxLength ? indices : "*,-.*,-" + DeadLetters;
    }
}
