using Starling.Data.Ordering;

namespace Starling.Cluster.Chaos.Harness;

/// <summary>
/// What a scenario works with: a folder that is deleted, a seed that replays its choices, settings and a report.
/// </summary>
internal sealed class Lab : IDisposable
{
    /// <summary>Keys that change no bit of the state.</summary>
    private static readonly string[] WithoutEffect = ["cluster.", "evaluation."];

    private readonly bool _keep;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("starling-chaos-");
    private readonly Dictionary<string, ReferenceRun> _references = [];

    public Lab(ulong seed, RunSettings settings, TextWriter output, bool timesCount = true, bool keep = false)
    {
        (Seed, Settings, _keep) = (seed, settings, keep);
        Report = new Report(output, timesCount);
    }

    public ulong Seed { get; }

    public RunSettings Settings { get; }

    public Report Report { get; }

    /// <summary>A stream of choices for one purpose, the same for the same seed.</summary>
    public KeyedRandom Random(int purpose) => KeyedRandom.For(Seed, RandomPurpose.Sampling, purpose);

    /// <summary>A folder in the lab's.</summary>
    public string Folder(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>The run that nothing happened to, made in one process; once for the same settings.</summary>
    public async Task<ReferenceRun> ReferenceAsync(RunSettings settings)
    {
        string key = string.Join(' ', settings.Overrides.Where(o => !WithoutEffect.Any(w => o.StartsWith(w, StringComparison.Ordinal))));
        if (!_references.TryGetValue(key, out ReferenceRun? reference))
        {
            Report.Say($"reference: starling train, {settings.Steps} steps");
            reference = await ReferenceRun.MakeAsync(settings, Folder($"reference-{_references.Count}"));
            _references.Add(key, reference);
        }
        return reference;
    }

    public void Dispose()
    {
        if (_keep) Report.Say($"runs are in {_folder.FullName}");
        else _folder.Delete(recursive: true);
    }
}
