namespace LogPipeline.Protocol;

/// <summary>Mutual TLS between the members of a cluster: PEM files, as a Kubernetes Secret of type <c>kubernetes.io/tls</c> has them.</summary>
public sealed class ClusterTlsOptions
{
    /// <summary>The member's own certificate (<c>tls.crt</c>); null without TLS.</summary>
    public string? Certificate { get; set; }

    /// <summary>Its private key (<c>tls.key</c>).</summary>
    public string? Key { get; set; }

    /// <summary>The authorities whose certificates members have (<c>ca.crt</c>): whoever has one of these certificates is a member.</summary>
    public string? Authority { get; set; }

    /// <summary>Whether members talk TLS.</summary>
    public bool IsOn => Certificate is not null;
}
