using System.Globalization;
using System.Text;
using Starling.Data;
using Starling.Model.Checkpoints;

namespace Starling.Actors.Supervision;

/// <summary>
/// The number of the latest membership decision, durable in the run's folder, so that a supervisor started later never
/// gives out a number that somebody has already heard.
/// </summary>
/// <param name="path">The file; made by the first write.</param>
public sealed class GenerationFile(string path)
{
    /// <summary>The latest number; 0 before the first.</summary>
    /// <exception cref="StarlingException">The file cannot be read or holds no number.</exception>
    public long Read()
    {
        if (!File.Exists(path)) return 0;
        string text = Guarded("read", () => File.ReadAllText(path)).Trim();
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw new StarlingException($"{path} should hold a generation number but holds '{text}'; " +
                "write the largest generation of events.jsonl into it");
    }

    /// <summary>Makes a new number durable.</summary>
    /// <exception cref="StarlingException">The file cannot be written; nobody may hear of the number then.</exception>
    public void Write(long generation) => Guarded("written", () =>
    {
        string temporary = path + ".new";
        using (FileStream file = new(temporary, FileMode.Create, FileAccess.Write))
        {
            file.Write(Encoding.UTF8.GetBytes(generation.ToString(CultureInfo.InvariantCulture) + "\n"));
            file.Flush(flushToDisk: true); // before the rename: the name must never point at an empty file
        }
        File.Move(temporary, path, overwrite: true);
        FolderSync.Sync(Path.GetDirectoryName(Path.GetFullPath(path))!); // or a power cut takes the rename back
        return generation;
    });

    private T Guarded<T>(string what, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StarlingException(
                $"{path} cannot be {what} ({e.Message}): make room and the run's folder writable, then start again", e);
        }
    }
}
