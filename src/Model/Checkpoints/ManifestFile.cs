using System.Text;
using System.Text.Json;
using Starling.Data;
using Starling.Model.Snapshots;

namespace Starling.Model.Checkpoints;

/// <summary>
/// Writes and reads manifests. The last property is a seal: 64 digits, the SHA-256 of all bytes of the file with zeros
/// in place of these digits, so that any changed bit is noticed. Every later format has to keep <c>formatVersion</c>
/// and the seal, because they tell a newer manifest from a damaged one.
/// </summary>
public static class ManifestFile
{
    /// <summary>The digits in place of the seal while the hash is computed.</summary>
    internal static readonly string BlankSeal = new('0', 64);

    /// <summary>Writes a manifest with its seal.</summary>
    public static byte[] ToBytes(CheckpointManifest manifest)
    {
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(manifest with { ManifestSha256 = BlankSeal },
            ManifestJson.Default.CheckpointManifest);
        byte[] seal = Encoding.ASCII.GetBytes(Sha256.HexOf(bytes));
        seal.CopyTo(bytes, bytes.AsSpan().LastIndexOf(Encoding.ASCII.GetBytes(BlankSeal)));
        return bytes;
    }

    /// <summary>Reads and checks the manifest of a checkpoint folder, but not the tensor files.</summary>
    /// <exception cref="DamagedCheckpointException">The manifest is missing, incomplete or altered.</exception>
    /// <exception cref="StarlingException">
    /// The manifest is of a newer format, or the disk does not give it.
    /// </exception>
    public static CheckpointManifest Read(string folder)
    {
        string path = Path.Combine(folder, CheckpointManifest.FileName);
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e.IsAbsence())
        {
            throw Damaged(folder, "is missing");
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
            throw new StarlingException($"{path} cannot be read: {e.Message}", e, FaultScope.Node);
        }
        return Parse(bytes, folder);
    }

    private static CheckpointManifest Parse(byte[] bytes, string folder)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes);
            int format = document.RootElement.GetProperty("formatVersion").GetInt32();
            if (!SealHolds(bytes, document.RootElement.GetProperty("manifestSha256").GetString() ?? ""))
                throw Damaged(folder, "has been altered: its bytes do not match its own manifestSha256");
            if (format > CheckpointManifest.CurrentFormat)
                throw new StarlingException(
                    $"{folder} has checkpoint format {format}, but this version of Starling reads formats up to " +
                    $"{CheckpointManifest.CurrentFormat}: use the newer version that wrote it",
                    scope: FaultScope.Run);
            return document.Deserialize(ManifestJson.Default.CheckpointManifest) is { } manifest && IsSound(manifest)
                ? manifest
                : throw Damaged(folder, "does not describe a checkpoint");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException
            or FormatException)
        {
            throw Damaged(folder, "is not a valid manifest");
        }
    }

    private static DamagedCheckpointException Damaged(string folder, string how) =>
        new(folder, [$"{CheckpointManifest.FileName} {how}"]);

    private static bool SealHolds(byte[] bytes, string seal)
    {
        if (seal.Length != BlankSeal.Length) return false;
        int at = bytes.AsSpan().LastIndexOf(Encoding.UTF8.GetBytes(seal));
        if (at < 0) return false;
        byte[] blank = [.. bytes];
        blank.AsSpan(at, BlankSeal.Length).Fill((byte)'0');
        return Sha256.HexOf(blank) == seal;
    }

    /// <summary>
    /// Checks the contents. A file name in a manifest could be a path to anywhere, so only the known names are
    /// accepted.
    /// </summary>
    private static bool IsSound(CheckpointManifest manifest)
    {
        HashSet<string> known = [.. CheckpointParts.All.Select(p => p.FileName())];
        return manifest.FormatVersion >= 1 && manifest.Step >= 0 &&
            manifest.Files.All(f => f is not null && known.Remove(f.Name)) &&
            known.All(name => name == CheckpointPart.Projector.FileName());
    }
}
