namespace Starling.Cluster.Chaos.Harness;

/// <summary>
/// Holds a finished run against the one that nothing happened to. Two diaries are read: the supervisors', which has each
/// committed step, and each trainer's own, which has what it computed.
/// </summary>
internal static class RunCheck
{
    /// <summary>Checks everything.</summary>
    /// <param name="report">Where it goes.</param>
    /// <param name="run">The run's folder.</param>
    /// <param name="reference">What it has to come to.</param>
    /// <param name="redone">
    /// Steps that may be committed again: none, unless all states in memory were lost, which costs what came after the
    /// last checkpoint each time.
    /// </param>
    public static async Task RunAsync(Report report, string run, ReferenceRun reference, long redone = 0)
    {
        IReadOnlyList<Entry> diary = new Diary(Path.Combine(run, "events.jsonl")).Read();
        long[] committed = [.. diary.Where(e => e.Event == "committed").Select(e => e.Step)];
        long last = reference.Steps.Keys.Max();
        int again = committed.Length - committed.Distinct().Count();
        report.Check(again <= redone, $"steps committed more than once: {again} (limit {redone})");
        report.Check(committed.LastOrDefault() == last, $"the last committed step is {last}");

        Entry[] computed = [.. Directory.EnumerateFiles(run, "events-trainer-*.jsonl")
            .SelectMany(path => new Diary(path).Read()).Where(e => e.Event == "step")];
        int missing = reference.Steps.Keys.Except(computed.Select(e => e.Step)).Count();
        report.Check(missing == 0, $"steps that no trainer tells of: {missing}");
        int different = computed.Count(e => StepFigures.Of(e) != reference.Steps[e.Step]);
        report.Check(different == 0, $"of {computed.Length} computations of a step, with another loss or gradient " +
            $"than in the reference: {different}");

        long[] generations = [.. diary.Where(e => e.Event == "generation").Select(e => e.Generation)];
        report.Check(generations.SequenceEqual(generations.Distinct().Order()),
            $"{generations.Length} generations, each number once and growing");
        string hash = await ReferenceRun.HashAsync(run);
        report.Check(hash == reference.Hash, $"checkpoint hash {hash[..16]}… is the uninterrupted run's");
    }
}
