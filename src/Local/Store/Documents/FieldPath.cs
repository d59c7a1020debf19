using System.Text;

namespace LogPipeline.Local.Store.Documents;

/// <summary>
/// A field's full dotted name as a 64-bit hash (FNV-1a over its UTF-8), computed piecewise, so that <c>{"a":{"b":1}}</c> and
/// <c>{"a.b":1}</c> have the same path, as in OpenSearch.
/// </summary>
internal static class FieldPath
{
    /// <summary>The path of the document itself.</summary>
    public const ulong Root = 14695981039346656037;

    private const ulong Prime = 1099511628211;

    public static ulong Child(ulong parent, ReadOnlySpan<byte> name)
    {
        ulong hash = parent == Root ? parent : (parent ^ (byte)'.') * Prime;
        foreach (byte value in name) hash = (hash ^ value) * Prime;
        return hash;
    }

    public static ulong Of(string dottedName) => Child(Root, Encoding.UTF8.GetBytes(dottedName));
}
