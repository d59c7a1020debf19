using System.Text.RegularExpressions;
using LogPipeline.Configuration.Values;
using LogPipeline.Enrichment;
using LogPipeline.Tenancy;

namespace LogPipeline.Configuration.Settings;

/// <summary>The kinds of text that keys take.</summary>
internal static class TextKinds
{
    public static TextKind Any { get; } = new("a text", _ => null);

    public static TextKind Path { get; } = new("a path", NotEmpty("path"));

    public static TextKind VariableName { get; } = new("the name of an environment variable", CheckVariableName);

    public static TextKind Glob { get; } = new("a glob over absolute paths (*, ?, […], **)", CheckGlob);

    public static TextKind Pattern { get; } = new("a regular expression without look-around and back-references", CheckPattern);

    public static TextKind FieldName { get; } = new("dotted names", ResourceNames.CheckStatic);

    public static TextKind NamespaceGlob { get; } = new("a glob over namespaces (*, ?)", Tenancy.NamespaceGlob.Check);

    public static TextKind TenantGlob { get; } = new("a glob over tenants (*, ?)", TenantName.CheckGlob);

    public static TextKind Tenant { get; } = new("a tenant's name", TenantName.Check);

    public static TextKind TenantTemplate { get; } = new("a tenant's name, which may hold one of {namespace}, {label} and {annotation}", Tenancy.TenantTemplate.Check);

    public static TextKind MetadataKey { get; } = new("the key of a label or an annotation", Tenancy.MetadataKey.Check);

    public static TextKind Index { get; } = new("a name with {tenant}, {namespace} and {day}", text => IndexPattern.TryParse(text, out _, out string? problem) ? null : problem);

    public static TextKind Endpoint { get; } = new("embedded, or URLs of OpenSearch or Elasticsearch", CheckEndpoint);

    public static TextKind Listen { get; } = new("ADDRESS:PORT", ListenAddress.Check);

    public static TextKind HostAndPort { get; } = new("NAME:PORT", CheckHostAndPort);

    private static Func<string, string?> NotEmpty(string noun) => text => text.Length == 0 ? $"'' is no {noun}" : null;

    private static string? CheckHostAndPort(string text) =>
        text.LastIndexOf(':') is > 0 and var colon && ushort.TryParse(text.AsSpan(colon + 1), out ushort port) && port > 0 && Uri.CheckHostName(text[..colon]) is UriHostNameType.Dns or UriHostNameType.IPv4
            ? null
            : $"{Quoted.Text(text)} is not NAME:PORT, as aggregators.example.org:4053";

    private static string? CheckVariableName(string text) =>
        text.Length > 0 && !char.IsAsciiDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')
            ? null
            : "this is not the name of an environment variable; a secret itself is never written here"; // not shown: it may be the secret

    private static string? CheckGlob(string glob)
    {
        if (!glob.StartsWith('/')) return $"{Quoted.Text(glob)} is not absolute (it must begin with /)";
        if (glob.Contains('\0', StringComparison.Ordinal)) return $"{Quoted.Text(glob)} has a NUL character";
        return Sources.Layouts.PathGlob.TryParse(glob, out _, out string fault) ? null : $"{Quoted.Text(glob)}: {fault}";
    }

    private static string? CheckPattern(string pattern)
    {
        try
        {
            _ = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return null;
        }
        catch (NotSupportedException e)
        {
            return $"{Quoted.Text(pattern)} needs backtracking or is too large; only linear-time expressions are allowed ({e.Message.ReplaceLineEndings(" ").TrimEnd('.')})";
        }
        catch (RegexParseException e)
        {
            return $"{Quoted.Text(pattern)} is no regular expression: {e.Error} at character {e.Offset}";
        }
    }

    private static string? CheckEndpoint(string text)
    {
        if (text == "embedded") return null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0)
            return $"{Quoted.Text(text)} is neither embedded nor an http or https URL";
        if (url.UserInfo.Length > 0) return $"a URL ({url.Host}) with a user or password in it; use user with password_env or password_file";
        return url.Query.Length > 0 || url.Fragment.Length > 0 ? $"{Quoted.Text(text)} has a query or a fragment" : null;
    }
}
