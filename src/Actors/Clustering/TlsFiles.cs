using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Starling.Data;

namespace Starling.Actors.Clustering;

/// <summary>
/// Reads the files of <c>cluster.tls</c>. Each mistake becomes an error of one line that names the key and the file.
/// </summary>
internal static class TlsFiles
{
    /// <summary>Reads a certificate with its private key.</summary>
    public static X509Certificate2 Certificate(string file, string keyFile, string? passwordFile)
    {
        string text = Read("certificate", file), key = Read("key", keyFile);
        string? password = passwordFile is null
            ? null
            : Read("passwordFile", passwordFile).Split('\n')[0].TrimEnd('\r');
        try
        {
            using X509Certificate2 loaded = password is null
                ? X509Certificate2.CreateFromPem(text, key)
                : X509Certificate2.CreateFromEncryptedPem(text, key, password);
            return WithKey(loaded);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            string hint = password is null ? "; if the key is encrypted, cluster.tls.passwordFile has to name a file " +
                "with its password" : "";
            throw new StarlingException(
                $"cluster.tls: {file} and {keyFile} are not a PEM certificate and its private " +
                $"key ({OneLine(e)}){hint}", e);
        }
    }

    /// <summary>
    /// Copies a certificate and its key in a way that TLS takes on Windows, too: there the key has to come from a store
    /// or from a PKCS 12 file.
    /// </summary>
    public static X509Certificate2 WithKey(X509Certificate2 certificate) =>
        X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);

    /// <summary>Reads the certificates of the authority. At least one of them is a root.</summary>
    public static X509Certificate2Collection Authorities(string file)
    {
        X509Certificate2Collection found = [];
        try
        {
            found.ImportFromPem(Read("ca", file));
        }
        catch (CryptographicException e)
        {
            throw new StarlingException($"cluster.tls.ca: {file} is no PEM certificate ({OneLine(e)})", e);
        }
        return found.Any(IsRoot)
            ? found
            : throw new StarlingException($"cluster.tls.ca: {file} holds no authority's own (self-signed) certificate");
    }

    /// <summary>Whether a certificate is signed by itself.</summary>
    public static bool IsRoot(X509Certificate2 certificate) =>
        certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);

    private static string Read(string key, string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
            throw new StarlingException($"cluster.tls.{key}: {file} cannot be read ({OneLine(e)})", e);
        }
    }

    private static string OneLine(Exception e) => e.Message.Split('\n')[0].Trim();
}
