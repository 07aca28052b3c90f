using System.Text;
using System.Text.Json;
using Starling.Data;
using Starling.Model.Snapshots;

namespace Starling.Model.Checkpoints;

/// <summary>
/// Turns manifests into bytes and back. The last property seals the file: 64 digits that are the SHA-256 of all its
/// bytes with those digits as zeros, so that a flipped bit anywhere in it is noticed. Every later format keeps
/// <c>formatVersion</c> and the seal, which is what tells a newer manifest from a damaged one.
/// </summary>
public static class ManifestFile
{
    /// <summary>The seal while the hash is taken.</summary>
    internal static readonly string BlankSeal = new('0', 64);

    /// <summary>The bytes of the manifest, sealed.</summary>
    public static byte[] ToBytes(CheckpointManifest manifest)
    {
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(manifest with { ManifestSha256 = BlankSeal },
            ManifestJson.Default.CheckpointManifest);
        byte[] seal = Encoding.ASCII.GetBytes(Sha256.HexOf(bytes));
        seal.CopyTo(bytes, bytes.AsSpan().LastIndexOf(Encoding.ASCII.GetBytes(BlankSeal)));
        return bytes;
    }

    /// <summary>Reads and checks the manifest of a checkpoint folder; the tensor files are not looked at.</summary>
    /// <exception cref="DamagedCheckpointException">It is missing, incomplete or altered.</exception>
    /// <exception cref="StarlingException">It is of a newer format.</exception>
    public static CheckpointManifest Read(string folder)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(Path.Combine(folder, CheckpointManifest.FileName));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Damaged(folder, "is missing");
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
            throw Damaged(folder, $"cannot be read ({e.Message})");
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
                    $"{CheckpointManifest.CurrentFormat}: use the newer version that wrote it");
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

    /// <summary>A file name could be a path to anywhere, so only the known names are ever opened.</summary>
    private static bool IsSound(CheckpointManifest manifest)
    {
        HashSet<string> known = [.. CheckpointParts.All.Select(p => p.FileName())];
        return manifest.FormatVersion >= 1 && manifest.Step >= 0 &&
            manifest.Files.All(f => f is not null && known.Remove(f.Name)) &&
            known.All(name => name == CheckpointPart.Projector.FileName());
    }
}
