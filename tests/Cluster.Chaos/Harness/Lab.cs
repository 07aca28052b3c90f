using Starling.Data.Randomness;

namespace Starling.Cluster.Chaos.Harness;

/// <summary>
/// What a scenario works with: a folder that is deleted, a seed that repeats its choices, settings and a report.
/// </summary>
internal sealed class Lab(ulong seed, RunSettings settings, Report report, References references) : IDisposable
{
    private readonly TemporaryFolder _folder = new("starling-chaos-");

    public RunSettings Settings => settings;

    public Report Report => report;

    /// <summary>A stream of choices for one purpose, the same for the same seed.</summary>
    public KeyedRandom Random(int purpose) => KeyedRandom.For(seed, RandomPurpose.Sampling, purpose);

    /// <summary>A folder in the lab's.</summary>
    public string Folder(string name) => Path.Combine(_folder.Path, name);

    /// <summary>The run that nothing happened to.</summary>
    public Task<ReferenceRun> ReferenceAsync(RunSettings of) => references.OfAsync(of, report);

    /// <summary>Leaves the runs for somebody to look into.</summary>
    public void Keep()
    {
        references.Keep();
        _folder.Keep();
        report.Say($"runs are in {_folder.Path}, those they were held against in {references.Folder}");
    }

    public void Dispose() => _folder.Dispose();
}
