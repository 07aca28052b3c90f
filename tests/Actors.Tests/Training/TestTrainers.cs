using Starling.Actors.Collectives;
using Starling.Actors.Collectives.InProcess;
using Starling.Actors.Configuration;
using Starling.Actors.Coordination.Hosts;
using Starling.Actors.Runs;
using Starling.Actors.Tests.Support;
using Starling.Actors.Training;
using Starling.Data.Batches;
using Starling.Model.Checkpoints;

namespace Starling.Actors.Tests.Training;

/// <summary>
/// Trainers that are threads of the test's process. The test plays the supervisor: it forms generations of any trainers
/// at any time.
/// </summary>
internal sealed class TestTrainers : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly RunContext _run;
    private readonly BatchFactory _batches;
    private readonly ICollectiveEngine _engine;
    private readonly List<TestTrainer> _all = [];
    private long _generation;

    public TestTrainers(TinyAssets assets, int replicas = 8, ICollectiveEngine? engine = null, params string[] settings)
    {
        StarlingOptions options = StarlingConfiguration.Read("configs/tiny.json",
            [.. RunBench.Settings(assets), $"training.replicas={replicas}", "training.globalBatch=8", .. settings]);
        _run = RunContext.Open(options, _folder["run"]);
        _batches = TestBatches.Factory(options);
        _engine = engine ?? new InProcessEngine();
        Replicas = replicas;
    }

    public int Replicas { get; }

    public long Generation => _generation;

    public CheckpointStore Checkpoints => _run.Checkpoints;

    /// <summary>Starts a trainer.</summary>
    /// <param name="checkpoints">The checkpoints to load from; null: the run's.</param>
    /// <param name="lease">The permit's lease; null: one that does not lapse in a test.</param>
    public TestTrainer Add(CheckpointStore? checkpoints = null, TimeSpan? lease = null)
    {
        TestTrainer trainer = new(_run, _engine, checkpoints ?? _run.Checkpoints, lease ?? TimeSpan.FromHours(1));
        _all.Add(trainer);
        return trainer;
    }

    public void Kill(TestTrainer trainer)
    {
        _all.Remove(trainer);
        trainer.Dispose();
    }

    /// <summary>Forms a generation: binds the hosts, chooses the source as the supervisor does, and connects.</summary>
    /// <returns>The step that all hosts hold now.</returns>
    public long Form(params IReadOnlyList<TestTrainer> hosts)
    {
        IReadOnlyList<LoopReport.Bound> bound = Bind(hosts);
        long furthest = bound.Max(b => b.Step);
        int source = furthest < 0 ? 0 : bound.ToList().FindIndex(b => b.Step == furthest);
        byte[][] engineAddresses = [.. bound.Select(b => b.EngineAddress)];
        foreach (TestTrainer host in hosts) host.Loop.Connect(engineAddresses, source, fromDisk: furthest < 0);
        long[] steps = [.. hosts.Select(h => h.Next<LoopReport.Ready>(r => r.Generation == _generation).Step)];
        Assert.Single(steps.Distinct());
        Assert.True(steps[0] >= furthest, $"a step was lost: {steps[0]} after {furthest}");
        return steps[0];
    }

    /// <summary>The first half of <see cref="Form"/>.</summary>
    public IReadOnlyList<LoopReport.Bound> Bind(params IReadOnlyList<TestTrainer> hosts)
    {
        _generation++;
        IReadOnlyList<HostedReplicas> hosting = Hosting(hosts.Count);
        for (int rank = 0; rank < hosts.Count; rank++)
            hosts[rank].Loop.Bind(new Assignment(_generation, rank, hosting));
        return [.. hosts.Select(h => h.Next<LoopReport.Bound>(b => b.Generation == _generation))];
    }

    /// <summary>Makes a trainer a spare of the generation that is formed next.</summary>
    public Assignment Spare(int hosts) => new(_generation + 1, -1, Hosting(hosts));

    /// <summary>
    /// Starts the hosts' steps, up to <paramref name="end"/>, where they wait for a batch that does not come.
    /// </summary>
    public void Begin(long from, long end, params IReadOnlyList<TestTrainer> hosts)
    {
        for (int rank = 0; rank < hosts.Count; rank++) BeginOne(rank, from, end, hosts);
    }

    /// <summary>Starts the steps of one host only.</summary>
    public void BeginOne(int rank, long from, long end, params IReadOnlyList<TestTrainer> hosts) =>
        hosts[rank].Loop.Train(
            new EndlessBatches(_batches, Hosting(hosts.Count)[rank].Replicas, from, end), stored: from);

    /// <summary>Forms a generation and waits until all of its hosts have made a step.</summary>
    public void Run(long end, params IReadOnlyList<TestTrainer> hosts)
    {
        long from = Form(hosts);
        Begin(from, end, hosts);
        if (from >= end) return;
        foreach (TestTrainer host in hosts) host.Next<LoopReport.Stepped>(s => s.Step == end);
    }

    /// <summary>Gets a trainer's state, for which the trainer is taken out of its generation.</summary>
    public (long Step, string Hash) StateOf(TestTrainer trainer)
    {
        long step = Form(trainer);
        trainer.Loop.Halt();
        trainer.Loop.Train(new EndlessBatches(_batches, [], 0, 0), stored: -1);
        LoopReport.Captured captured = trainer.Next<LoopReport.Captured>();
        Assert.Equal(step, captured.Step);
        return (step, captured.Hash);
    }

    /// <summary>Computes the state hash after every step, from 0, of a single trainer without faults.</summary>
    public static IReadOnlyList<string> Reference(TinyAssets assets, int replicas, int steps)
    {
        using TestTrainers trainers = new(assets, replicas, null, "checkpoint.everySteps=1");
        TestTrainer alone = trainers.Add();
        List<string> hashes = [trainers.StateOf(alone).Hash];
        trainers.Form(alone);
        trainers.Begin(0, steps, alone);
        for (int step = 1; step <= steps; step++)
            hashes.Add(alone.Next<LoopReport.Captured>(c => c.Step == step).Hash);
        return hashes;
    }

    public void Dispose()
    {
        foreach (TestTrainer trainer in _all) trainer.Dispose();
        _folder.Dispose();
    }

    private IReadOnlyList<HostedReplicas> Hosting(int hosts) =>
        HostingPlan.Deal(Enumerable.Range(0, hosts).Select(i => $"trainer-{i}"), Replicas);
}
