using System.Globalization;
using Starling.Data;

namespace Starling.Model.Checkpoints;

/// <summary>
/// The names inside a <c>checkpoints</c> folder: <c>STEP</c> for a committed checkpoint, <c>.old-STEP-ID</c> for one
/// that is being replaced (still good until its successor is in place), <c>.tmp-STEP-ID</c> for one being written or
/// deleted.
/// </summary>
internal static class CheckpointFolders
{
    internal const string TemporaryPrefix = ".tmp-";
    internal const string SetAsidePrefix = ".old-";

    /// <summary>The folder's name of a step.</summary>
    internal static string NameOf(long step) => step.ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// The step of a committed checkpoint's folder name, null for any other name (<c>007</c>, <c>+7</c>, …).
    /// </summary>
    internal static long? StepOf(string name) =>
        long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out long step) && NameOf(step) == name
            ? step
            : null;

    /// <summary>The step of a set-aside checkpoint's folder name, null for any other name.</summary>
    internal static long? SetAsideStepOf(string name) => StepOf(SetAsidePrefix, name);

    /// <summary>The step of the name of a folder that is written or deleted, null for any other name.</summary>
    internal static long? TemporaryStepOf(string name) => StepOf(TemporaryPrefix, name);

    /// <summary>A name that nothing has yet.</summary>
    internal static string Fresh(string prefix, long step) => $"{prefix}{NameOf(step)}-{Guid.NewGuid():N}";

    /// <summary>
    /// Each step's folder. A set-aside checkpoint counts as long as its successor is missing: between the two renames
    /// of a replacement it may be the only good one of the run.
    /// </summary>
    internal static SortedDictionary<long, string> Scan(string folder)
    {
        SortedDictionary<long, string> found = [];
        foreach (string path in Folders(folder))
        {
            string name = Path.GetFileName(path);
            if (StepOf(name) is { } step) found[step] = path;
            else if (SetAsideStepOf(name) is { } aside) found.TryAdd(aside, path);
        }
        return found;
    }

    /// <summary>Every folder in <paramref name="folder"/>, hidden ones too; none if it does not exist.</summary>
    /// <exception cref="StarlingException">It cannot be read.</exception>
    internal static string[] Folders(string folder)
    {
        try
        {
            return Directory.Exists(folder) ? Directory.GetDirectories(folder) : [];
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
            throw new StarlingException($"the checkpoints in {folder} cannot be listed: {e.Message}", e);
        }
    }

    private static long? StepOf(string prefix, string name) =>
        name.StartsWith(prefix, StringComparison.Ordinal) ? StepOf(name.Split('-')[1]) : null;
}
