using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LogPipeline.Configuration;
using LogPipeline.Indexing.Connections;

namespace LogPipeline.Tests.Indexing.Connections;

/// <summary>Whom a client of the store trusts.</summary>
public abstract class StoreTlsContract
{
    private readonly StoreClient _client;

    private protected StoreTlsContract(StoreClient client) => _client = client;

    [Fact]
    public async Task A_certificate_counts_only_with_its_own_authority()
    {
        string file = Path.GetTempFileName();
        using X509Certificate2 authority = Authority("pipeline test");
        using X509Certificate2 certificate = Issue(authority);
        TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Task serving = ServeAsync(listener, certificate);
        try
        {
            await File.WriteAllTextAsync(file, authority.ExportCertificatePem());
            Uri address = new($"https://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}");
            Assert.Equal(200, (await GetAsync(address, new StoreOptions { CaFile = file })).Status);
            Assert.Equal(StoreFailure.NotConnected, (await GetAsync(address, new StoreOptions())).Failure);
            using X509Certificate2 stranger = Authority("somebody else");
            await File.WriteAllTextAsync(file, stranger.ExportCertificatePem());
            Assert.Equal(StoreFailure.NotConnected, (await GetAsync(address, new StoreOptions { CaFile = file })).Failure);
        }
        finally
        {
            listener.Stop();
            await serving;
            File.Delete(file);
        }
    }

    private async Task<(int Status, StoreFailure Failure)> GetAsync(Uri address, StoreOptions options)
    {
        using IStoreRequests connection = _client([address], options, new IndexingOptions(), () => StoreConnection.CreateHandler(options), TimeProvider.System);
        using StoreAnswer answer = await connection.SendAsync(HttpMethod.Get, "", default, default);
        return (answer.Status, answer.Failure);
    }

    private static X509Certificate2 Authority(string name)
    {
        using ECDsa key = ECDsa.Create();
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private static X509Certificate2 Issue(X509Certificate2 authority)
    {
        using ECDsa key = ECDsa.Create();
        CertificateRequest request = new("CN=localhost", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 issued = request.Create(authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(12), [1, 2, 3]);
        using X509Certificate2 withKey = issued.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
    }

    private static async Task ServeAsync(TcpListener listener, X509Certificate2 certificate)
    {
        while (true)
        {
            try
            {
                using TcpClient client = await listener.AcceptTcpClientAsync();
                using SslStream tls = new(client.GetStream());
                await tls.AuthenticateAsServerAsync(certificate);
                byte[] buffer = new byte[4096];
                if (await tls.ReadAsync(buffer) > 0) await tls.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"u8.ToArray());
            }
            catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
            {
                // The client does not trust the certificate.
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }
}
