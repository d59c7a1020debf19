using LogPipeline.Local.Store.Documents;
using LogPipeline.Local.Store.Indices;

namespace LogPipeline.Local.Store.Http;

/// <summary>Index expressions: names, wildcards and <c>_all</c>, separated by commas, with <c>-</c> before what is left out again.</summary>
internal static class IndexResolver
{
    /// <summary>
    /// The indices of an expression, by name. Throws <see cref="OpenSearchException"/> for a name that does not exist, unless
    /// <c>ignore_unavailable</c>, and for a wildcard without a match when <c>allow_no_indices=false</c>.
    /// </summary>
    public static List<StoreIndex> Resolve(EmbeddedStore store, StoreRequest request, string expression)
    {
        bool ignoresUnavailable = request.Flag("ignore_unavailable"), allowsNone = request.Flag("allow_no_indices", fallback: true);
        var found = new SortedDictionary<string, StoreIndex>(StringComparer.Ordinal);
        foreach (string part in expression.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (IsPattern(part) || part[0] == '-' && found.Count > 0)
            {
                bool removes = part[0] == '-';
                string pattern = removes ? part[1..] : part == "_all" ? "*" : part;
                StoreIndex[] matching = [.. store.Indices.Where(index => Wildcard.IsMatch(pattern, index.Name))];
                if (matching.Length == 0 && !allowsNone && !removes) throw new OpenSearchException(OpenSearchError.IndexNotFound(part));
                foreach (StoreIndex index in matching)
                {
                    if (removes) found.Remove(index.Name);
                    else found[index.Name] = index;
                }
            }
            else if (store.FindIndex(part) is { } index)
            {
                found[part] = index;
            }
            else if (!ignoresUnavailable)
            {
                throw new OpenSearchException(IndexName.Check(part) is { } refusal && part[0] == '_' ? refusal : OpenSearchError.IndexNotFound(part));
            }
        }

        return [.. found.Values];
    }

    public static bool IsPattern(string name) => name == "_all" || name.Contains('*', StringComparison.Ordinal);
}
