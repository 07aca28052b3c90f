using System.Globalization;
using Starling.Actors.Runs;

namespace Starling.Cluster.Chaos.Harness;

/// <summary>
/// Compares a finished run with a run that nothing happened to. It reads the supervisors' event log, which has each
/// committed step, and the event log of each trainer, which has what that trainer computed.
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
        long last = reference.Steps.Keys.Max();
        IReadOnlyList<Entry> entries = Commits(report, run, last, redone);
        Entry[] computed = Computed(run);
        Entry[] different = [.. computed.Where(e => StepFigures.Of(e) != reference.Steps[e.Step])];
        report.Check(different.Length == 0, $"of {computed.Length} computations of a step, with another loss or " +
            $"gradient than in the reference: {different.Length}" +
            (different.Length == 0 ? "" : $", the first of step {different.Min(e => e.Step)}"));

        long[] generations = [.. entries.Where(e => e.Event == "generation").Select(e => e.Generation)];
        report.Check(generations.SequenceEqual(generations.Distinct().Order()),
            $"{generations.Length} generations, each number once and growing");
        string hash = await ReferenceRun.HashAsync(run);
        report.Check(hash == reference.Hash,
            $"checkpoint hash {hash[..16]}…, and {reference.Hash[..16]}… of the uninterrupted run");
        Times(report, run, entries);
    }

    /// <summary>
    /// Checks that what the run's time was spent on sums to the time since its first start, whoever led it.
    /// </summary>
    private static void Times(Report report, string run, IReadOnlyList<Entry> entries)
    {
        if (RunTimesRecord.Read(run) is not { } times)
        {
            report.Check(false, $"{RunTimesRecord.FileName} cannot be read");
            return;
        }
        double wall = (times.Until - times.Since).TotalSeconds, sum = times.Seconds.Values.Sum();
        DateTimeOffset last = entries.Last(e => e.Event == "committed").Time;
        string spent = string.Join(", ", times.Seconds.Where(s => s.Value >= 0.05 * wall)
            .Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Key} {s.Value:0.0} s")));
        report.Check(Math.Abs(sum / wall - 1) < 0.01 && times.Since < entries[0].Time && times.Until > last,
            string.Create(CultureInfo.InvariantCulture,
                $"the run's time by what it was spent on sums to {sum:0.0} s of {wall:0.0} s: {spent}"));
    }

    /// <summary>
    /// Checks that every step up to the last was computed and committed, and that none was committed twice.
    /// </summary>
    public static IReadOnlyList<Entry> Commits(Report report, string run, long last, long redone = 0)
    {
        IReadOnlyList<Entry> entries = new EventLogReader(Path.Combine(run, "events.jsonl")).Read();
        long[] committed = [.. entries.Where(e => e.Event == "committed").Select(e => e.Step)];
        int again = committed.Length - committed.Distinct().Count();
        report.Check(again <= redone, $"steps committed more than once: {again} (limit {redone})");
        report.Check(committed.LastOrDefault() == last,
            $"the last committed step is {committed.LastOrDefault()}, and that of the state {last}");
        int uncommitted = Enumerable.Range(1, (int)last).Select(step => (long)step).Except(committed).Count();
        report.Check(uncommitted == 0, $"steps that the event log does not name as committed: {uncommitted}");
        HashSet<long> made = [.. Computed(run).Select(e => e.Step)];
        int missing = Enumerable.Range(1, (int)last).Count(step => !made.Contains(step));
        report.Check(missing == 0, $"steps that no trainer tells of: {missing}");
        return entries;
    }

    /// <summary>
    /// Checks a run of nodes that was stopped somewhere behind the reference's last step: no step was committed twice,
    /// and what was computed has the same bits wherever it was.
    /// </summary>
    public static void OfNodes(Report report, string run, ReferenceRun reference)
    {
        Commits(report, run, RunFolder.Stored(run));
        Entry[] computed = Computed(run);
        int differing = computed.GroupBy(e => e.Step).Count(g => g.Select(StepFigures.Of).Distinct().Count() > 1);
        report.Check(differing == 0, $"steps that two trainers computed differently: {differing}");
        int wrong = computed.Count(e =>
            reference.Steps.TryGetValue(e.Step, out StepFigures figures) && figures != StepFigures.Of(e));
        report.Check(wrong == 0,
            $"of the first {reference.Steps.Count} steps, computed otherwise than in one process: {wrong}");
    }

    /// <summary>What all trainers tell of the steps that they applied.</summary>
    public static Entry[] Computed(string run) =>
        [.. Directory.EnumerateFiles(run, "events-trainer-*.jsonl").SelectMany(path => new EventLogReader(path).Read())
            .Where(e => e.Event == "step")];
}
