using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Starling.Actors.Configuration;
using Starling.Data;
using Starling.Model.Files;

namespace Starling.Actors.Clustering;

/// <summary>
/// The key of a cluster on one machine, which keeps the machine's other users out. <c>starling cluster</c> makes a new
/// one at each start, in a folder of the run's folder that only its user can open. A node that finds the key there uses
/// it, so every node of this user with this run's folder is one of the cluster. The certificate signs itself, and nodes
/// trust no other one.
/// </summary>
public static class ClusterKey
{
    private const string FileName = "key.pem";
    private const int ValidYears = 10; // longer than a cluster runs; the next start makes another key

    /// <summary>Returns the path of a local cluster's own folder in a run's folder.</summary>
    public static string FolderOf(string runFolder) => Path.Combine(runFolder, ".cluster");

    /// <summary>Makes a new key in a run's folder. It takes the place of one that an earlier cluster left.</summary>
    /// <exception cref="StarlingException">The file cannot be written, or another user made its folder.</exception>
    public static RemoteTls Make(string runFolder, TimeProvider time)
    {
        PrivateFolder.Make(FolderOf(runFolder));
        string pem = NewPem(time), path = FileOf(runFolder);
        try
        {
            File.Delete(path); // a file that is there already would keep its mode
            PrivateFolder.WriteNew(path, pem);
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
            throw new StarlingException($"{path} (the key of the cluster's nodes) cannot be written: {e.Message}", e);
        }
        return RemoteTls.OfPem(pem, time);
    }

    /// <summary>Deletes the key of a cluster that has ended.</summary>
    public static void Delete(string runFolder)
    {
        try
        {
            File.Delete(FileOf(runFolder));
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
            // A key that stays does no harm: no node has it any more, and the next cluster replaces it.
        }
    }

    /// <summary>
    /// Returns what a node needs to talk to the others: the certificates of the configuration, or else the key in the
    /// run's folder, or null for no encryption.
    /// </summary>
    /// <exception cref="StarlingException">A file cannot be used, or another user may have made it.</exception>
    public static RemoteTls? Find(TlsOptions options, string runFolder, TimeProvider time)
    {
        if (RemoteTls.Open(options, time) is { } configured) return configured;
        string path = FileOf(runFolder);
        try
        {
            string pem = File.ReadAllText(path);
            PrivateFolder.Check(FolderOf(runFolder));
            return RemoteTls.OfPem(pem, time);
        }
        catch (Exception e) when (e.IsAbsence())
        {
            return null;
        }
        catch (Exception e) when (e.MayPass())
        {
            // Without the key the node would talk in the open to nodes that refuse it.
            throw new StarlingException($"{path} (the key of the cluster's nodes) cannot be read: {e.Message}", e,
                FaultScope.Node);
        }
        catch (Exception e) when (e.IsDiskFailure() || e is CryptographicException or ArgumentException)
        {
            throw new StarlingException($"{path} is no key of a cluster ({e.Message.Split('\n')[0]}): " +
                "delete it if no starling cluster runs in the folder", e);
        }
    }

    /// <summary>Makes a key that this process keeps to itself, so that no other process is ever its peer.</summary>
    public static RemoteTls ForThisProcess(TimeProvider time) => RemoteTls.OfPem(NewPem(time), time);

    private static string FileOf(string runFolder) => Path.Combine(FolderOf(runFolder), FileName);

    private static string NewPem(TimeProvider time)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=starling cluster", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true)); // signs no other
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([.. RemoteTls.Uses], false));
        DateTimeOffset now = time.GetUtcNow();
        using X509Certificate2 certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(ValidYears));
        return $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n";
    }
}
