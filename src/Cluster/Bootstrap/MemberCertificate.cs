using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Akka.Event;
using Akka.Hosting;
using Akka.Remote.Transport.DotNetty;
using LogPipeline.Protocol;

namespace LogPipeline.Cluster.Bootstrap;

/// <summary>What a member shows the others, and which of them it trusts: those whose certificate the configured authorities have signed. Host names are not compared, as members are Pods.</summary>
public sealed class MemberCertificate
{
    private readonly X509Certificate2 _own;
    private readonly X509Certificate2Collection _authorities = [];

    private MemberCertificate(X509Certificate2 own) => _own = own;

    /// <summary>Null where TLS is off. False, with the fault written to <paramref name="errors"/>, when the files cannot be used.</summary>
    public static bool TryRead(ClusterTlsOptions options, TextWriter errors, out MemberCertificate? certificate)
    {
        certificate = null;
        if (!options.IsOn) return true;
        string reading = options.Certificate!;
        try
        {
            certificate = new MemberCertificate(X509Certificate2.CreateFromPemFile(reading, options.Key));
            reading = options.Authority!;
            certificate._authorities.ImportFromPemFile(reading);
            if (certificate._authorities.Count == 0) throw new CryptographicException("no certificate is in it");
            return true;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            errors.WriteLine($"cluster.tls: {reading}{(reading == options.Certificate ? $" with {options.Key}" : "")}: {fault.Message}");
            return false;
        }
    }

    /// <summary>Makes the engine show and ask for certificates.</summary>
    public void Use(AkkaConfigurationBuilder akka) =>
        akka.AddSetup(new DotNettySslSetup(_own, suppressValidation: false, requireMutualAuthentication: true, validateCertificateHostname: false, customValidator: IsMember));

    /// <summary>Shows the certificate on a connection that this member has begun, and asks for the other's. Throws <see cref="AuthenticationException"/> when that is none of a member.</summary>
    public async Task<Stream> AuthenticateAsClientAsync(Stream stream, CancellationToken limit)
    {
        var tls = new SslStream(stream);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "", ClientCertificates = [_own], RemoteCertificateValidationCallback = IsMember }, limit);
        return tls;
    }

    /// <summary>The same on a connection that the other has begun.</summary>
    public async Task<Stream> AuthenticateAsServerAsync(Stream stream, CancellationToken limit)
    {
        var tls = new SslStream(stream);
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _own, ClientCertificateRequired = true, RemoteCertificateValidationCallback = IsMember }, limit);
        return tls;
    }

    private bool IsMember(X509Certificate2? certificate, X509Chain? chain, string remotePeer, SslPolicyErrors errors, ILoggingAdapter log)
    {
        if (IsTrusted(certificate, chain, out string problem)) return true;
        log.Warning("{0} shows {1}", remotePeer, problem);
        return false;
    }

    private bool IsMember(object connection, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) => IsTrusted(certificate as X509Certificate2, chain, out _);

    private bool IsTrusted(X509Certificate2? certificate, X509Chain? chain, out string problem)
    {
        problem = "no certificate";
        if (certificate is null) return false;
        using var trusted = new X509Chain();
        trusted.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        trusted.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        trusted.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        foreach (X509ChainElement sent in chain?.ChainElements ?? Enumerable.Empty<X509ChainElement>()) trusted.ChainPolicy.ExtraStore.Add(sent.Certificate);
        if (trusted.Build(certificate)) return true;
        problem = $"a certificate of {certificate.Issuer}, which is none of this cluster's: {string.Join(", ", trusted.ChainStatus.Select(status => status.Status))}";
        return false;
    }
}
