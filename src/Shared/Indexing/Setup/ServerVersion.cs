using LogPipeline.Indexing.Verdicts;

namespace LogPipeline.Indexing.Setup;

/// <summary>Which server answers, from <c>GET /</c>.</summary>
/// <param name="IsOpenSearch">OpenSearch, not Elasticsearch.</param>
/// <param name="Major">Major version.</param>
/// <param name="Minor">Minor version.</param>
public readonly record struct ServerVersion(bool IsOpenSearch, int Major, int Minor)
{
    /// <summary>Composable index templates exist in every OpenSearch and in Elasticsearch from 7.8.</summary>
    public bool HasComposableTemplates => IsOpenSearch || Major > 7 || (Major == 7 && Minor >= 8);

    /// <summary>The type for a map of any keys as one searchable field; null when the server has none.</summary>
    public string? MapType => IsOpenSearch
        ? (Major > 2 || (Major == 2 && Minor >= 7) ? "flat_object" : null)
        : (Major > 7 || (Major == 7 && Minor >= 3) ? "flattened" : null);

    /// <summary>Reads the answer's body; false when it is not that of a supported server.</summary>
    public static bool TryParse(ReadOnlySpan<byte> json, out ServerVersion version)
    {
        version = default;
        if (!JsonFields.TryFind(json, "version.number"u8, out Range number)) return false;
        string text = System.Text.Encoding.UTF8.GetString(JsonFields.StringContent(json[number]));
        string[] parts = text.Split('.', '-');
        if (parts.Length < 2 || !int.TryParse(parts[0], out int major) || !int.TryParse(parts[1], out int minor)) return false;
        bool openSearch = JsonFields.TryFind(json, "version.distribution"u8, out Range distribution) && json[distribution].SequenceEqual("\"opensearch\""u8);
        version = new ServerVersion(openSearch, major, minor);
        return openSearch || major >= 7;
    }

    public override string ToString() => $"{(IsOpenSearch ? "OpenSearch" : "Elasticsearch")} {Major}.{Minor}";
}
