using Starling.Data;
using Starling.Model.Files;
using Starling.Model.Snapshots;
using Starling.Model.Tensors;

namespace Starling.Model.Checkpoints;

/// <summary>Reads a checkpoint folder, and verifies every byte before any of it is used.</summary>
public static class CheckpointReader
{
    /// <summary>Loads the given parts; all of them if none is given.</summary>
    /// <exception cref="DamagedCheckpointException">A file is missing or is not the one that was written.</exception>
    /// <exception cref="StarlingException">
    /// The checkpoint is of a newer format, or the disk does not give it.
    /// </exception>
    public static LoadedCheckpoint Load(string folder, params IReadOnlyList<CheckpointPart> parts)
    {
        CheckpointManifest manifest = ManifestFile.Read(folder);
        List<(CheckpointPart Part, HostTensor Tensor)> read = [];
        List<string> problems = Problems(folder, manifest, parts.Count == 0 ? CheckpointParts.All : parts,
            length => new byte[length], (part, tensor) => read.Add((part, tensor)));
        if (problems.Count > 0) throw new DamagedCheckpointException(folder, problems);
        ILookup<CheckpointPart, HostTensor> tensors = read.ToLookup(t => t.Part, t => t.Tensor);
        return new LoadedCheckpoint(folder, manifest, new CheckpointSnapshot(manifest.Step, manifest.Generation,
            [.. tensors[CheckpointPart.Student]], [.. tensors[CheckpointPart.Teacher]],
            [.. tensors[CheckpointPart.Projector]], [.. tensors[CheckpointPart.Optimizer]]));
    }

    /// <summary>
    /// Reads the whole checkpoint from the disk, one tensor at a time, and gives what is wrong with it: nothing for an
    /// intact one.
    /// </summary>
    public static IReadOnlyList<string> Verify(string folder)
    {
        try
        {
            DropCaches(folder);
            return Problems(folder, ManifestFile.Read(folder));
        }
        catch (DamagedCheckpointException e)
        {
            return e.Problems;
        }
        catch (StarlingException e)
        {
            return [e.Message];
        }
    }

    /// <summary>Gives the <see cref="StateHash"/> of the state in a folder, verified against its bytes.</summary>
    /// <exception cref="DamagedCheckpointException">The checkpoint is not intact.</exception>
    /// <exception cref="StarlingException">
    /// The checkpoint is of a newer format, or the disk does not give it.
    /// </exception>
    public static string HashOf(string folder)
    {
        DropCaches(folder);
        CheckpointManifest manifest = ManifestFile.Read(folder);
        List<string> problems = Problems(folder, manifest);
        // The bytes have just been verified against the manifest's hash, so that hash is the one of the bytes.
        return problems.Count == 0 ? manifest.StateHash : throw new DamagedCheckpointException(folder, problems);
    }

    /// <summary>
    /// Has the files read from the disk: what the system keeps in memory of a file that was just written shows what was
    /// to be written, and not what the disk holds.
    /// </summary>
    private static void DropCaches(string folder)
    {
        try
        {
            foreach (string file in Directory.EnumerateFiles(folder)) FileSync.DropCache(file);
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
            // Whoever reads the files next meets the error and says what it is.
        }
    }

    /// <summary>
    /// Checks the whole checkpoint with one buffer. A check in the background should not cause garbage collections.
    /// </summary>
    private static List<string> Problems(string folder, CheckpointManifest manifest)
    {
        byte[] buffer = [];
        return Problems(folder, manifest, CheckpointParts.All, Reuse, (_, _) => { });

        Memory<byte> Reuse(int length)
        {
            if (buffer.Length < length) buffer = new byte[length];
            return buffer.AsMemory(0, length);
        }
    }

    private static List<string> Problems(string folder, CheckpointManifest manifest,
        IReadOnlyList<CheckpointPart> parts, Func<int, Memory<byte>> memory, Action<CheckpointPart, HostTensor> visit)
    {
        List<string> problems = [];
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        if (CheckpointFolders.StepOf(name) is { } step && step != manifest.Step)
            problems.Add($"the folder's name says step {step}, its manifest step {manifest.Step}");
        using StateHash hash = new(manifest.Step);
        foreach (CheckpointPart part in CheckpointParts.All.Where(parts.Contains))
        {
            if (manifest.Files.FirstOrDefault(f => f.Name == part.FileName()) is not { } file) continue;
            string? problem = PartFile.Read(folder, file, memory, tensor =>
            {
                hash.Add(part, tensor);
                visit(part, tensor);
            });
            if (problem is not null) problems.Add(problem);
        }
        // Each file may be the one that was written, and the state still be mixed, if memory changed while it was
        // written.
        if (problems.Count == 0 && CheckpointParts.All.All(parts.Contains) && hash.Finish() is var actual &&
            actual != manifest.StateHash)
            problems.Add($"the state's hash is {actual} instead of {manifest.StateHash}");
        return problems;
    }
}
