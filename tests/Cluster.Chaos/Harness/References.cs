namespace Starling.Cluster.Chaos.Harness;

/// <summary>Runs that nothing happened to, made in one process each; once for the same settings.</summary>
internal sealed class References : IDisposable
{
    /// <summary>Keys that change no bit of the state.</summary>
    private static readonly string[] WithoutEffect = ["cluster.", "evaluation.", "monitor."];

    private readonly TemporaryFolder _folder = new("starling-reference-");
    private readonly Dictionary<string, ReferenceRun> _runs = [];

    /// <summary>Where they are.</summary>
    public string Folder => _folder.Path;

    /// <summary>The run with these settings.</summary>
    public async Task<ReferenceRun> OfAsync(RunSettings settings, Report report)
    {
        string key = string.Join(' ', settings.Overrides.Where(o =>
            !WithoutEffect.Any(w => o.StartsWith(w, StringComparison.Ordinal))));
        if (_runs.TryGetValue(key, out ReferenceRun? known)) return known;
        report.Say($"reference: starling train, {settings.Steps} steps");
        ReferenceRun made = await ReferenceRun.MakeAsync(
            settings, Path.Combine(Folder, $"run-{_runs.Count}"));
        _runs.Add(key, made);
        return made;
    }

    /// <summary>Leaves the runs for somebody to look into.</summary>
    public void Keep() => _folder.Keep();

    public void Dispose() => _folder.Dispose();
}
