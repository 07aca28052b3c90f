using System.Collections.Concurrent;
using Starling.Actors.Collectives;
using Starling.Actors.Hosting;
using Starling.Actors.Protocol;
using Starling.Actors.Runs;
using Starling.Actors.Training;
using Starling.Data.Batches;
using Starling.Model.Checkpoints;
using Starling.Model.Snapshots;
using Starling.Model.Training;

namespace Starling.Actors.Tests.Training;

/// <summary>A trainer without its actor: the loop, and all its reports in order.</summary>
internal sealed class TestTrainer : ITrainerReports, IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly BlockingCollection<LoopReport> _reports = [];

    public TestTrainer(RunContext run, ICollectiveEngine engine, CheckpointStore checkpoints, TimeSpan lease)
    {
        Loop = new TrainerLoop(new TrainerSetup
        {
            Name = "t",
            Incarnations = new Incarnations(1),
            Settings = TrainerWiring.SettingsOf(run, force: false),
            Checkpoints = checkpoints,
            Prefetch = 2,
            Engine = engine,
            Lease = lease,
        }, this);
        Loop.Permit.Renew();
    }

    public TrainerLoop Loop { get; }

    /// <summary>Waits for the next report of a kind. Other reports are dropped; a failure throws.</summary>
    public T Next<T>(Func<T, bool>? matches = null) where T : LoopReport
    {
        while (_reports.TryTake(out LoopReport? report, Timeout))
        {
            if (report is T wanted && matches?.Invoke(wanted) != false) return wanted;
            if (report is LoopReport.Failed failed)
                throw new InvalidOperationException("the loop failed", failed.Reason);
        }
        throw new TimeoutException($"no {typeof(T).Name}");
    }

    /// <summary>Takes all reports that were made so far.</summary>
    public IReadOnlyList<LoopReport> Drain()
    {
        List<LoopReport> all = [];
        while (_reports.TryTake(out LoopReport? report)) all.Add(report);
        return all;
    }

    public void Bound(long generation, byte[] engineAddress, long step, long checkpoint) =>
        _reports.Add(new LoopReport.Bound(generation, engineAddress, step));

    public void Ready(long generation, long step, long checkpoint) =>
        _reports.Add(new LoopReport.Ready(generation, step));

    public void Stepped(long generation, StepResult result, StepTiming timing, IReadOnlyList<BadImage> bad) =>
        _reports.Add(new LoopReport.Stepped(generation, result.Step));

    public void Captured(CheckpointSnapshot snapshot, LossParts? losses, TimeSpan blocked)
    {
        _reports.Add(new LoopReport.Captured(snapshot.Step, StateHash.Of(snapshot)));
        snapshot.Dispose();
    }

    public void ExchangeBroke(long generation, string reason) =>
        _reports.Add(new LoopReport.Broke(generation, reason));

    public void Ended(long generation, long step) => _reports.Add(new LoopReport.Ended(generation, step));

    public void Note(string line)
    {
    }

    public void Failed(Exception reason) => _reports.Add(new LoopReport.Failed(reason));

    public void Dispose()
    {
        Loop.Dispose();
        Assert.True(Loop.Join(Timeout), "the trainer's thread does not end");
        _reports.Dispose();
    }
}
