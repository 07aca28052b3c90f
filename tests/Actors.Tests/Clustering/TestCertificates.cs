using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Starling.Actors.Configuration;

namespace Starling.Actors.Tests.Clustering;

/// <summary>An authority of the test's own, and the certificates it signs, as PEM files in a folder.</summary>
internal sealed class TestCertificates : IDisposable
{
    public const string Password = "a secret";

    private static readonly DateTimeOffset From = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset To = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string _folder;
    private readonly X509Certificate2 _authority;
    private int _made;

    public TestCertificates(string folder, string name)
    {
        _folder = Path.Combine(folder, name);
        Directory.CreateDirectory(_folder);
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        _authority = request.CreateSelfSigned(From, To);
        File.WriteAllText(Ca, _authority.ExportCertificatePem());
    }

    public string Ca => Path.Combine(_folder, "ca.pem");

    /// <summary>Makes a certificate that may be used as named, and says where it is.</summary>
    public TlsOptions Issue(DateTimeOffset? until = null, bool encrypted = false, bool clientOnly = false)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=node", key, HashAlgorithmName.SHA256);
        OidCollection uses = [new Oid("1.3.6.1.5.5.7.3.2")];
        if (!clientOnly) uses.Add(new Oid("1.3.6.1.5.5.7.3.1"));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(uses, false));
        using X509Certificate2 certificate =
            request.Create(_authority, From, until ?? To.AddDays(-1), BitConverter.GetBytes(++_made));
        string file = Path.Combine(_folder, $"node-{_made}");
        File.WriteAllText(file + ".pem", certificate.ExportCertificatePem());
        File.WriteAllText(file + ".key", encrypted
            ? key.ExportEncryptedPkcs8PrivateKeyPem(
                Password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000))
            : key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(file + ".password", Password + "\n");
        return new TlsOptions
        {
            Certificate = file + ".pem",
            Key = file + ".key",
            PasswordFile = encrypted ? file + ".password" : null,
            Ca = Ca,
        };
    }

    public void Dispose() => _authority.Dispose();
}
