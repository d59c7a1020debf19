namespace LogPipeline.Local.Search.Queries;

/// <summary>The fields of a stored document by their paths, and the short names that a query may use for them.</summary>
public static class LogFields
{
    public const string Timestamp = "@timestamp";
    public const string Body = "body";
    public const string SeverityText = "severity.text";
    public const string SeverityNumber = "severity.number";
    public const string Tenant = "tenant";
    public const string Host = "resource.host.name";
    public const string Namespace = "resource.k8s.namespace.name";
    public const string Pod = "resource.k8s.pod.name";
    public const string PodUid = "resource.k8s.pod.uid";
    public const string Container = "resource.k8s.container.name";
    public const string RestartCount = "resource.k8s.container.restart_count";
    public const string ContainerId = "resource.container.id";
    public const string Stream = "attributes.log.iostream";
    public const string FilePath = "attributes.log.file.path";
    public const string FileId = "attributes.log.file.id";
    public const string Offset = "attributes.log.offset";
    public const string Length = "attributes.log.length";
    public const string Sequence = "attributes.log.sequence";
    public const string Flags = "attributes.log.flags";
    public const string ParsedFields = "attributes.fields";

    private static readonly Dictionary<string, string> ShortNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["message"] = Body, ["msg"] = Body, ["text"] = Body,
        ["level"] = SeverityText, ["severity"] = SeverityText,
        ["host"] = Host, ["node"] = Host,
        ["namespace"] = Namespace, ["ns"] = Namespace,
        ["pod"] = Pod, ["container"] = Container, ["restart"] = RestartCount,
        ["stream"] = Stream, ["iostream"] = Stream,
        ["file"] = FilePath, ["path"] = FilePath,
        ["flag"] = Flags, ["flags"] = Flags,
        ["time"] = Timestamp, ["timestamp"] = Timestamp,
    };

    private static readonly string[] ResourcePrefixes = ["k8s.", "host.", "container.", "service.", "cloud.", "os."];

    /// <summary>
    /// The paths that a name in a query stands for. A full path stands for itself; a short name for its field; <c>k8s.pod.name</c> for
    /// what is under <c>resource</c>; <c>log.offset</c> for what is under <c>attributes</c>; any other name for a field parsed from the
    /// record or a static field, whichever has it.
    /// </summary>
    public static IReadOnlyList<string> Resolve(string name, out FieldKind kind)
    {
        string path = ShortNames.GetValueOrDefault(name, name);
        kind = KindOf(path);
        if (kind != FieldKind.Keyword || IsFullPath(path))
        {
            return [path];
        }

        if (path.StartsWith("log.", StringComparison.Ordinal))
        {
            path = "attributes." + path;
            kind = KindOf(path);
            return [path];
        }

        if (path.StartsWith("fields.", StringComparison.Ordinal))
        {
            return ["attributes." + path];
        }

        if (Array.Exists(ResourcePrefixes, prefix => path.StartsWith(prefix, StringComparison.Ordinal)))
        {
            path = "resource." + path;
            kind = KindOf(path);
            return [path];
        }

        return [ParsedFields + "." + path, "resource." + path];
    }

    /// <summary>Whether a query's <c>name:</c> can only be meant as a field (and not as the end of a word in a pasted line).</summary>
    public static bool IsWellKnown(string name) => ShortNames.ContainsKey(name) || name is Tenant or Body || IsFullPath(name);

    private static bool IsFullPath(string path) =>
        path is Timestamp or Body or Tenant
        || path.StartsWith("resource.", StringComparison.Ordinal)
        || path.StartsWith("attributes.", StringComparison.Ordinal)
        || path.StartsWith("severity.", StringComparison.Ordinal);

    private static FieldKind KindOf(string path) => path switch
    {
        Body => FieldKind.Text,
        SeverityText => FieldKind.Level,
        Timestamp => FieldKind.Time,
        SeverityNumber or RestartCount or Offset or Length => FieldKind.Number,
        _ => FieldKind.Keyword,
    };
}
