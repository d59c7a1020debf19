using System.Security.Cryptography.X509Certificates;
using k8s;
using k8s.Exceptions;
using LogPipeline.Enrichment.Pods;

namespace LogPipeline.Node.Metadata;

/// <summary>The way to the Kubernetes API: address, trust and credentials as the client library finds them, a service account's token read again as the kubelet renews it.</summary>
public sealed class KubernetesApi : IDisposable
{
    private readonly Kubernetes _client;

    private KubernetesApi(KubernetesClientConfiguration configuration) => _client = new Kubernetes(configuration);

    /// <summary>Null, with the reason, when there is nothing that says where the API is.</summary>
    public static KubernetesApi? TryOpen(KubernetesOptions options, out string problem)
    {
        problem = "";
        try
        {
            KubernetesClientConfiguration configuration = options.Kubeconfig is { } path ? KubernetesClientConfiguration.BuildConfigFromConfigFile(path) : KubernetesClientConfiguration.InClusterConfig();
            configuration.FirstMessageHandlerSetup = handler => TrustOnly(handler, configuration.SslCaCerts);
            return new KubernetesApi(configuration);
        }
        catch (Exception unusable) when (unusable is KubeConfigException or IOException or UnauthorizedAccessException or YamlDotNet.Core.YamlException)
        {
            problem = options.Kubeconfig is { } path
                ? $"enrichment.kubernetes.kubeconfig: {path} cannot be used: {unusable.Message}"
                : $"enrichment.kubernetes.enabled: this process has no service account, as a Pod has (or enrichment.kubernetes.kubeconfig): {unusable.Message}";
            return null;
        }
    }

    /// <summary>A GET whose body is still to be read. The caller owns the answer.</summary>
    /// <param name="path">Below the API's address, query included.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<HttpResponseMessage> GetAsync(string path, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_client.BaseUri, path)) { Version = System.Net.HttpVersion.Version20 };
        request.Headers.Add("Accept", "application/json");
        if (_client.Credentials is { } credentials) await credentials.ProcessHttpRequestAsync(request, cancellation).ConfigureAwait(false);
        return await _client.HttpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
    }

    public void Dispose() => _client.Dispose();

    // Otherwise the library trusts whoever the system trusts, too.
    private static void TrustOnly(SocketsHttpHandler handler, X509Certificate2Collection? authorities)
    {
        if (authorities is null) return;
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(authorities);
        handler.SslOptions.CertificateChainPolicy = policy;
    }
}
