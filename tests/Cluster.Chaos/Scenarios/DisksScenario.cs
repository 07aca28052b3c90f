using System.Globalization;
using Starling.Cluster.Chaos.Disks;
using Starling.Cluster.Chaos.Harness;
using Starling.Data.Randomness;
using Starling.Model.Checkpoints;

namespace Starling.Cluster.Chaos.Scenarios;

/// <summary>
/// Every call by which a run saves something fails once: each sync, rename and write of checkpoints, ledger and event
/// log, and each close of the ledger. The run says what it could not save and goes on. What is on the disk afterwards
/// is good.
/// </summary>
/// <param name="most">How many calls of each kind fail, one run for each; null for all.</param>
internal sealed class DisksScenario(int? most = null) : Scenario
{
    private const int Steps = 10, CheckpointEvery = 5;
    private const string EventLog = "the event log";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public override string Name => "disks";

    public override string Purpose =>
        "each sync, rename and write of a run's files fails once: said, and survived";

    public override async Task RunAsync(Lab lab)
    {
        if (await DiskFault.UnavailableAsync() is { } reason) throw new ChaosException(reason);
        RunSettings settings = (lab.Settings with { Steps = Steps, CheckpointEvery = CheckpointEvery })
            .With("checkpoint.keepLatest=1000", "evaluation.enabled=false");
        string undisturbed = lab.Folder("undisturbed"), trace = lab.Folder("trace");
        Directory.CreateDirectory(lab.Folder(""));
        (int code, _) = await TrainAsync(settings, undisturbed, DiskFault.Trace(trace));
        lab.Report.Check(code == 0, $"undisturbed, under strace: exit code {code}");
        ReferenceRun reference = await lab.ReferenceAsync(settings);
        IReadOnlyDictionary<long, string> hashes = Hashes(undisturbed);
        lab.Report.Check(hashes[Steps] == reference.Hash, "undisturbed, under strace: the same state as without");

        string run = lab.Folder("run");
        KeyedRandom random = lab.Random(3);
        foreach (IGrouping<string, DiskFault> kind in Faults(DiskCall.Read(trace), undisturbed, run)
            .GroupBy(fault => fault.Kind).OrderBy(kind => kind.Key, StringComparer.Ordinal))
        {
            DiskFault[] all = [.. kind];
            lab.Report.Say($"  {kind.Key}: {all.Length} calls");
            if (most is not null) random.Shuffle<DiskFault>(all);
            int failed = 0;
            foreach (DiskFault fault in all.TakeWhile(_ => most is null || failed < most))
                if (await FailAsync(lab, settings, fault, run, hashes)) failed++;
            if (failed == 0) lab.Report.Check(false, $"{kind.Key}: no call has failed in any run");
        }
    }

    /// <summary>
    /// Makes a run in which one call fails, and looks at what it said and left. Returns whether the call has failed.
    /// </summary>
    private static async Task<bool> FailAsync(
        Lab lab, RunSettings settings, DiskFault fault, string run, IReadOnlyDictionary<long, string> hashes)
    {
        if (Directory.Exists(run)) Directory.Delete(run, recursive: true);
        string trace = run + ".trace";
        (int code, IReadOnlyList<string> lines) = await TrainAsync(settings, run, fault.Inject(trace));
        List<string> wrong = [];
        int failed = File.ReadLines(trace).Count(line => line.Contains("INJECTED", StringComparison.Ordinal));
        if (failed == 0 && fault.Path is not null)
        {
            lab.Report.Say($"          {fault.Kind}, {fault.Call} {fault.Number}: no thread made so many this time");
            return false;
        }
        if (failed == 0) wrong.Add("no call failed");

        CheckpointStore store = new(CheckpointPaths.Of(run));
        Dictionary<long, string> stored = Directory.Exists(CheckpointPaths.Of(run)) ? Hashes(run) : [];
        wrong.AddRange(stored.Where(s => s.Value != hashes[s.Key]).Select(s => $"checkpoint {s.Key} is another state"));
        wrong.AddRange(stored.Keys.SelectMany(store.Verify));
        IReadOnlyList<Entry> entries = new EventLogReader(Path.Combine(run, "events.jsonl")).Read();
        long[] made = [.. entries.Where(e => e.Event == "step").Select(e => e.Step)];
        // If the calls of several threads fail, a line may be refused again and again until the run has ended.
        int missing = Enumerable.Range(1, Steps).Count(step => !made.Contains(step));
        if (missing > (fault.Kind == EventLog ? failed - 1 : 0) || made.Length != Steps - missing)
            wrong.Add($"the event log has the steps {string.Join(' ', made)}, and {failed} calls failed");
        long[] lost = [.. hashes.Keys.Where(step => !stored.ContainsKey(step))];
        foreach (long step in lost)
        {
            if (!entries.Any(e => e.Event == "checkpoint_failed" && e.Step == step))
                wrong.Add($"the event log does not say that checkpoint {step} failed");
            string note = $"the checkpoint of step {step} was not stored";
            if (!lines.Any(line => line.StartsWith(note, StringComparison.Ordinal)))
                wrong.Add($"the terminal does not say that checkpoint {step} failed");
        }
        // A checkpoint whose name was not synced counts as failed, although it is there.
        int expected = entries.Any(e => e.Event == "checkpoint_failed" && e.Step == Steps) ? 1 : 0;
        if (code != expected)
            wrong.Add($"exit code {code} instead of {expected}: {string.Join(" | ", lines.TakeLast(2))}");

        if (code != 0)
        {
            // The same command on a good disk comes to the same end, whatever it finds.
            (code, lines) = await TrainAsync(settings, run);
            if (code != 0) wrong.Add($"resumed: exit code {code}: {string.Join(" | ", lines.TakeLast(2))}");
        }
        if (Hashes(run).GetValueOrDefault(Steps) != hashes[Steps]) wrong.Add("another state in the end");
        lab.Report.Check(wrong.Count == 0, string.Create(CultureInfo.InvariantCulture,
            $"  {fault.Kind}, {fault.Call} {fault.Number}: {(wrong.Count > 0 ? string.Join("; ", wrong)
                : lost.Length > 0 ? $"checkpoint {string.Join(", ", lost)} lost, and said so" : "made up for")}"));
        if (wrong.Count > 0) Directory.Move(run, $"{run}-{fault.Call}-{fault.Number}-{Path.GetFileName(fault.Path)}");
        return true;
    }

    /// <summary>Lists the calls that are to fail.</summary>
    private static IEnumerable<DiskFault> Faults(IReadOnlyList<DiskCall> calls, string undisturbed, string run)
    {
        string checkpoints = CheckpointPaths.Of(undisturbed);
        // Checkpoints are written by a thread of their own, under names that differ from run to run. So the number of
        // the thread's call tells which one it is.
        int writer = calls
            .First(c => c.Name == "fsync" && c.Path.StartsWith(checkpoints, StringComparison.Ordinal)).Thread;
        // Closes are left to the ledger, which is written by the same code: every thread closes many other files.
        foreach (DiskCall call in calls.Where(c => c.Thread == writer))
        {
            bool part = Path.GetExtension(call.Path) is ".safetensors" or ".json" && call.Path.Contains("/.tmp-");
            if (call.Name == "fsync") yield return Of(part ? "sync of a part" : "sync of a folder", call);
            else if (call.Name == "rename") yield return Of("rename of a checkpoint", call);
            else if (call.Name == "pwrite64" && part && !StartsWith(call)) yield return Of("write of a part", call);
        }
        // The threads of the ledger and of the event log change. Here the number counts the calls on one file.
        foreach ((string file, string what) in ((string, string)[])
            [("ledger.json.new", "the ledger"), ("events.jsonl", EventLog)])
        {
            string path = Path.Combine(undisturbed, file);
            foreach (IGrouping<string, DiskCall> name in calls.Where(c => c.Path == path && c.Thread != writer)
                .GroupBy(c => c.Name))
            {
                if (name.Key == "close" && what == EventLog) continue; // nothing depends on it
                int times = name.GroupBy(c => c.Thread).Max(thread => thread.Count());
                for (int i = 1; i <= times; i++)
                    yield return new DiskFault(what, name.Key, i, Path.Combine(run, file));
            }
        }

        // A call fails in every thread that makes so many. One of these would be the run's first, without which no run
        // starts.
        bool StartsWith(DiskCall call) => calls.Any(c => c.Thread != writer && c.Name == call.Name &&
            c.Number == call.Number && Path.GetFileName(c.Path).StartsWith(".lock", StringComparison.Ordinal));

        static DiskFault Of(string what, DiskCall call) => new(what, call.Name, call.Number, Path: null);
    }

    private static async Task<(int Code, IReadOnlyList<string> Lines)> TrainAsync(
        RunSettings settings, string run, params string[] prefix)
    {
        await using OsProcess process = OsProcess.Starling(
            ["train", "--config", settings.File, "--run", run, "--set", .. settings.Overrides], prefix);
        return (await process.ExitAsync(Limit), process.Lines);
    }

    private static Dictionary<long, string> Hashes(string run) => new CheckpointStore(CheckpointPaths.Of(run)).List()
        .ToDictionary(e => e.Step, e => e.Manifest?.StateHash ?? $"unusable: {e.Problem}");
}
