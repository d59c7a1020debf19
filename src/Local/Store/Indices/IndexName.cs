using System.Buffers;
using System.Text;

namespace LogPipeline.Local.Store.Indices;

/// <summary>OpenSearch's rules for the names of indices.</summary>
internal static class IndexName
{
    private const int MaxBytes = 255;

    private static readonly SearchValues<char> s_forbidden = SearchValues.Create(" \"*\\<|,>/?");

    /// <summary>Null when the name is good; the refusal otherwise.</summary>
    public static OpenSearchError? Check(string name)
    {
        string? problem = name.Length == 0 ? "must not be empty"
            : name is "." or ".." ? "must not be '.' or '..'"
            : name.AsSpan().ContainsAny(s_forbidden) ? "must not contain the following characters [ , \", *, \\, <, |, ,, >, /, ?]"
            : name.Contains('#') ? "must not contain '#'"
            : name.Contains(':') ? "must not contain ':'"
            : name[0] is '_' or '-' or '+' ? "must not start with '_', '-', or '+'"
            : Encoding.UTF8.GetByteCount(name) > MaxBytes ? $"index name is too long, ({Encoding.UTF8.GetByteCount(name)} > {MaxBytes})"
            : name.Any(char.IsUpper) ? "must be lowercase"
            : name.Any(char.IsControl) ? "must not contain control characters"
            : null;
        return problem is null ? null : new OpenSearchError(400, "invalid_index_name_exception", $"Invalid index name [{name}], {problem}")
        {
            Details = [("index", name), ("index_uuid", "_na_")],
        };
    }
}
