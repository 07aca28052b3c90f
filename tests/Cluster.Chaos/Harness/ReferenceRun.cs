namespace Starling.Cluster.Chaos.Harness;

/// <summary>What a run has to come to: its hash, and what each step computed.</summary>
/// <param name="Hash">Of the last state.</param>
/// <param name="Steps">Each step's figures, from 1.</param>
internal sealed record ReferenceRun(string Hash, IReadOnlyDictionary<long, StepFigures> Steps)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(20);

    public static async Task<ReferenceRun> MakeAsync(RunSettings settings, string run)
    {
        await OsProcess.RunAsync(OsProcess.Starling(
            ["train", "--config", settings.File, "--run", run, "--set", .. settings.Overrides]), Timeout);
        return new ReferenceRun(await HashAsync(run), new EventLogReader(Path.Combine(run, "events.jsonl")).Read()
            .Where(e => e.Event == "step").ToDictionary(e => e.Step, StepFigures.Of));
    }

    /// <summary>Hash of a run's last state, as <c>starling checkpoint hash</c> prints it.</summary>
    public static async Task<string> HashAsync(string run)
    {
        IReadOnlyList<string> lines = await OsProcess.RunAsync(
            OsProcess.Starling(["checkpoint", "hash", run]), Timeout);
        return lines.SingleOrDefault(IsHash) ??
            throw new ChaosException($"'starling checkpoint hash' said:\n{string.Join('\n', lines)}");

        static bool IsHash(string line) => line.Length == 64 && line.All(char.IsAsciiHexDigitLower);
    }
}
