namespace LogPipeline.Configuration;

/// <summary>Where documents are stored.</summary>
public sealed class StoreOptions
{
    /// <summary><c>embedded</c>, or one or more URLs of OpenSearch or Elasticsearch.</summary>
    public List<string> Urls { get; set; } = ["embedded"];

    public string? User { get; set; }

    /// <summary>Name of an environment variable that holds the password; or <see cref="PasswordFile"/>.</summary>
    public string? PasswordEnv { get; set; }

    public string? PasswordFile { get; set; }

    /// <summary>Name of an environment variable that holds an API key; or <see cref="ApiKeyFile"/>.</summary>
    public string? ApiKeyEnv { get; set; }

    public string? ApiKeyFile { get; set; }

    /// <summary>PEM file of the authorities that may have signed the server's certificate; the system's when absent.</summary>
    public string? CaFile { get; set; }

    /// <summary>Send bodies gzip-compressed.</summary>
    public bool Gzip { get; set; }

    public EmbeddedStoreOptions Embedded { get; set; } = new();

    public bool IsEmbedded => Urls is ["embedded"];
}

/// <summary>Bounds of the embedded store.</summary>
public sealed class EmbeddedStoreOptions
{
    /// <summary>Directory; <c>store</c> under the state directory when empty.</summary>
    public string Path { get; set; } = "";

    /// <summary>Bytes on disk; past it the oldest documents are deleted. At least 64 MiB.</summary>
    public long MaxBytes { get; set; } = 4L << 30;

    /// <summary>Age of an index by its newest document; older ones are deleted.</summary>
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromDays(14);
}
