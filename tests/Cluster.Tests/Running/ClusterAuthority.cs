using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace LogPipeline.Tests.Running;

/// <summary>An authority that signs members' certificates, made for a test; some members may have certificates of another one that calls itself the same.</summary>
internal sealed class ClusterAuthority(params string[] strangers)
{
    private readonly X509Certificate2 _own = Create(), _other = Create();

    /// <summary>Writes a member's files into a folder, and gives the lines of its configuration, indented below <c>cluster</c>.</summary>
    public string Configuration(string folder, string member)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 certificate = new CertificateRequest("CN=" + member, key, HashAlgorithmName.SHA256)
            .Create(strangers.Contains(member) ? _other : _own, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1), RandomNumberGenerator.GetBytes(8));
        File.WriteAllText(Path.Combine(folder, "tls.crt"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "tls.key"), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(Path.Combine(folder, "ca.crt"), _own.ExportCertificatePem());
        return $"  tls: {{ certificate: {folder}/tls.crt, key: {folder}/tls.key, ca: {folder}/ca.crt }}";
    }

    private static X509Certificate2 Create()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=cluster", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
    }
}
