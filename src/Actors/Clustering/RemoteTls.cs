using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Akka.Event;
using Akka.Remote.Transport.DotNetty;
using Starling.Actors.Configuration;
using Starling.Data;

namespace Starling.Actors.Clustering;

/// <summary>
/// Mutual TLS between nodes. A node shows its certificate, and accepts only peers whose certificate comes from the
/// configured authority. The machine's own store of authorities is not used. Host names in certificates are not
/// checked: the authority belongs to the cluster, so every holder of one of its certificates belongs to the cluster,
/// too.
/// </summary>
public sealed class RemoteTls : IDisposable
{
    /// <summary>What a certificate must be allowed for: servers and clients.</summary>
    internal static IReadOnlyList<Oid> Uses { get; } = [new("1.3.6.1.5.5.7.3.1"), new("1.3.6.1.5.5.7.3.2")];

    private readonly X509Certificate2Collection _authorities;
    private readonly X509Certificate2 _certificate;
    private readonly TimeProvider _time;

    private RemoteTls(X509Certificate2 certificate, X509Certificate2Collection authorities, TimeProvider time) =>
        (_certificate, _authorities, _time) = (certificate, authorities, time);

    /// <summary>Reads and checks the files. Returns null if the configuration asks for no encryption.</summary>
    /// <exception cref="StarlingException">
    /// A file is missing or has another format, or the certificate has expired or does not come from the authority.
    /// </exception>
    public static RemoteTls? Open(TlsOptions options, TimeProvider time)
    {
        if (options is not { Certificate: { } file, Ca: { } ca }) return null;
        X509Certificate2Collection authorities = TlsFiles.Authorities(ca);
        X509Certificate2 certificate = TlsFiles.Certificate(file, options.Key ?? file, options.PasswordFile);
        RemoteTls tls = new(certificate, authorities, time);
        if (tls.Problem(certificate) is not { } problem) return tls;
        tls.Dispose();
        throw new StarlingException($"cluster.tls.certificate: {file} {problem}");
    }

    /// <summary>
    /// Takes a certificate that signs itself as the node's own and as the only one that is trusted. So all nodes have
    /// the same one.
    /// </summary>
    /// <param name="pem">The certificate and its private key.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="CryptographicException">The text is not a certificate and its key.</exception>
    /// <exception cref="ArgumentException">The text is not a certificate and its key.</exception>
    internal static RemoteTls OfPem(string pem, TimeProvider time)
    {
        using X509Certificate2 certificate = X509Certificate2.CreateFromPem(pem, pem);
        return new RemoteTls(
            TlsFiles.WithKey(certificate), [X509CertificateLoader.LoadCertificate(certificate.RawData)], time);
    }

    /// <summary>Returns the protocol in the addresses of nodes.</summary>
    public static string ProtocolOf(RemoteTls? tls) => tls is null ? "akka.tcp" : "akka.ssl.tcp";

    /// <summary>Returns the settings that make an actor system use TLS for all connections, or for none.</summary>
    public static string HoconOf(RemoteTls? tls) =>
        $"akka.remote.dot-netty.tcp.enable-ssl = {(tls is null ? "off" : "on")}\n";

    /// <summary>
    /// The certificate and the check of peers. An actor system needs it beside <see cref="HoconOf"/>.
    /// </summary>
    public DotNettySslSetup Setup => new(_certificate, suppressValidation: false, requireMutualAuthentication: true,
        (peer, _, address, _, log) => IsTrusted(peer, address, log));

    /// <summary>Frees the private key and the certificates.</summary>
    public void Dispose()
    {
        _certificate.Dispose();
        foreach (X509Certificate2 authority in _authorities) authority.Dispose();
    }

    private bool IsTrusted(X509Certificate2? peer, string address, ILoggingAdapter log)
    {
        string? problem = peer is null ? "is missing" : Problem(peer);
        if (problem is not null) log.Warning("refused {0}: its certificate {1}", address, problem);
        return problem is null;
    }

    /// <summary>Describes what is wrong with a certificate; null if nothing is.</summary>
    private string? Problem(X509Certificate2 certificate)
    {
        DateTime now = _time.GetUtcNow().LocalDateTime;
        if (now > certificate.NotAfter) return $"expired on {certificate.NotAfter:yyyy-MM-dd}: a new one is needed";
        if (now < certificate.NotBefore) return $"is valid from {certificate.NotBefore:yyyy-MM-dd HH:mm} only";
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck; // a private authority publishes no list
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = now;
        foreach (Oid use in Uses) chain.ChainPolicy.ApplicationPolicy.Add(use);
        foreach (X509Certificate2 authority in _authorities)
            (TlsFiles.IsRoot(authority) ? chain.ChainPolicy.CustomTrustStore : chain.ChainPolicy.ExtraStore)
                .Add(authority);
        return chain.Build(certificate) ? null : $"is not one of cluster.tls.ca's: {Explained(chain)}";
    }

    private static string Explained(X509Chain chain) =>
        string.Join("; ", chain.ChainStatus.Select(s => s.StatusInformation.Trim().TrimEnd('.')).Distinct());
}
