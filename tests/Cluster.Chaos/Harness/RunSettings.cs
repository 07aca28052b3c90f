namespace Starling.Cluster.Chaos.Harness;

/// <summary>The configuration of a scenario's runs.</summary>
/// <param name="File">The file it begins with.</param>
/// <param name="Steps">Steps to make.</param>
/// <param name="CheckpointEvery">Steps between checkpoints.</param>
/// <param name="More">Other keys.</param>
internal sealed record RunSettings(string File, long Steps, long CheckpointEvery, params IReadOnlyList<string> More)
{
    /// <summary>Overrides for <c>--set</c>.</summary>
    public IReadOnlyList<string> Overrides =>
    [
        $"training.steps={Steps}", $"checkpoint.everySteps={CheckpointEvery}", "training.threads=1", "monitor.port=0",
        $"monitor.logEverySteps={Steps}", .. More,
    ];

    /// <summary>The same for a run that somebody stops.</summary>
    public RunSettings Endless => this with { Steps = 1_000_000 };

    public RunSettings With(params string[] more) => this with { More = [.. More, .. more] };
}
