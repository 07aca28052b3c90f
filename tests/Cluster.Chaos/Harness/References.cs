namespace Starling.Cluster.Chaos.Harness;

/// <summary>Runs that nothing happened to, made in one process each; once for the same settings.</summary>
internal sealed class References : IDisposable
{
    /// <summary>Keys that change no bit of the state.</summary>
    private static readonly string[] WithoutEffect = ["cluster.", "evaluation.", "monitor."];

    private readonly DirectoryInfo _folder = Cleanup.TemporaryFolder("starling-reference-");
    private readonly Dictionary<string, ReferenceRun> _runs = [];

    /// <summary>The run with these settings.</summary>
    public async Task<ReferenceRun> OfAsync(RunSettings settings, Report report)
    {
        string key = string.Join(' ', settings.Overrides.Where(o =>
            !WithoutEffect.Any(w => o.StartsWith(w, StringComparison.Ordinal))));
        if (_runs.TryGetValue(key, out ReferenceRun? known)) return known;
        report.Say($"reference: starling train, {settings.Steps} steps");
        ReferenceRun made = await ReferenceRun.MakeAsync(
            settings, Path.Combine(_folder.FullName, $"run-{_runs.Count}"));
        _runs.Add(key, made);
        return made;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
