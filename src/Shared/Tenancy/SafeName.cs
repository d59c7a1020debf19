using System.Security.Cryptography;
using System.Text;

namespace LogPipeline.Tenancy;

/// <summary>
/// A namespace as a part of tenant and index names. Kubernetes' own names (lower case letters, digits, <c>-</c>) pass as they are.
/// What else a path may hold, and what is too long, becomes a readable beginning, <c>_</c>, and 64 bits of its SHA-256: no two
/// namespaces meet, as Kubernetes' names have no <c>_</c>.
/// </summary>
public static class SafeName
{
    /// <summary>Stands for the absence of a namespace; no namespace has this name.</summary>
    public const string None = "no_namespace";

    /// <summary>Characters that a shortened name needs at least: one, <c>_</c> and the hash.</summary>
    public const int MinLength = 1 + HashLength;

    private const int HashLength = 17;

    /// <param name="name">The namespace; empty gives <see cref="None"/>.</param>
    /// <param name="maxLength">Characters of the result at most; at least <see cref="MinLength"/>.</param>
    public static string Of(string name, int maxLength)
    {
        if (name.Length == 0) return None;
        if (name.Length <= maxLength && char.IsAsciiLetterOrDigit(name[0]) && name.All(IsPlain)) return name;

        var safe = new StringBuilder(maxLength);
        foreach (char c in name)
        {
            if (safe.Length == maxLength - HashLength) break;
            char lower = char.ToLowerInvariant(c);
            if (IsPlain(lower) && lower != '-') safe.Append(lower);
            else if (safe.Length > 0) safe.Append('-');
        }
        if (safe.Length == 0) safe.Append('x');
        return safe.Append('_').Append(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)), 0, 8)).ToString();
    }

    private static bool IsPlain(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-';
}
