using System.Globalization;
using Starling.Actors.Runs;

namespace Starling.Actors.Page;

/// <summary>Reads the scores in a run's folder. A file is read again only when it has changed.</summary>
internal sealed class EvaluationList(string runFolder)
{
    /// <summary>The most evaluations of an answer; the newest.</summary>
    public const int Most = 1000;

    private readonly EvaluationFiles _files = new(runFolder);
    private readonly Lock _lock = new();
    private Dictionary<long, (DateTime Written, EvaluationEntry? Entry)> _known = [];

    /// <summary>
    /// Returns the evaluations in the order of their steps. The first, the middle and the newest with a probe keep it:
    /// a chart shows no more.
    /// </summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public IReadOnlyList<EvaluationEntry> Read()
    {
        if (!Directory.Exists(_files.Scores)) return [];
        List<(long Step, DateTime Written)> found = [];
        foreach (FileInfo file in new DirectoryInfo(_files.Scores).EnumerateFiles("*.json"))
            if (long.TryParse(Path.GetFileNameWithoutExtension(file.Name), NumberStyles.None,
                CultureInfo.InvariantCulture, out long step))
                found.Add((step, file.LastWriteTimeUtc));
        lock (_lock)
        {
            _known = found.OrderByDescending(f => f.Step).Take(Most).ToDictionary(f => f.Step,
                f => _known.TryGetValue(f.Step, out var known) && known.Written == f.Written && known.Entry is not null
                    ? known : (f.Written, Entry(f.Step)));
            return Thinned([.. _known.OrderBy(k => k.Key).Select(k => k.Value.Entry).OfType<EvaluationEntry>()]);
        }
    }

    private static EvaluationEntry[] Thinned(EvaluationEntry[] all)
    {
        EvaluationEntry[] probed = [.. all.Where(e => e.Weights.Values.Any(w => w.Probe.Count > 0))];
        EvaluationEntry[] shown = probed.Length == 0 ? [] : [probed[0], probed[probed.Length / 2], probed[^1]];
        return [.. all.Select(e => shown.Contains(e) ? e : e.WithoutProbes())];
    }

    private EvaluationEntry? Entry(long step)
    {
        if (_files.Read(step) is not { Results: not null } stored) return null;
        EvaluationEntry entry = EvaluationEntry.Of(stored);
        return entry with
        {
            Weights = entry.Weights.ToDictionary(w => w.Key, w => w.Value with { Picture = PictureOf(step, w.Key) }),
        };
    }

    private string? PictureOf(long step, string weights)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{step:D8}-{weights}.png");
        return SamplePictures.IsName(name) && File.Exists(Path.Combine(_files.Samples, name)) ? name : null;
    }
}
