using System.Threading.Channels;
using Akka.Actor;
using Starling.Actors.Loading;
using Starling.Data.Batches;

namespace Starling.Actors.Training;

/// <summary>
/// Keeps a trainer fed: asks the loaders for the shares of the coming steps, a bounded number ahead, puts them together
/// in step order and writes them into the channel that the trainer's thread reads. A share that does not come is asked
/// for again, from the next loader: the answer is the same whoever gives it.
/// </summary>
public sealed class BatchFeeder : ReceiveActor, IWithTimers
{
    private readonly Plan _plan;
    private readonly ChannelWriter<StepBatch> _steps;
    private readonly Action<LoaderProtocol.Failed> _failed;
    private readonly Dictionary<(long Step, int Replica), Pending> _pending = [];
    private readonly Dictionary<long, ReplicaBatch?[]> _assembling = [];
    private long _nextToAsk, _nextToHand, _taken;
    private int _asked;

    /// <summary>A feeder for one generation.</summary>
    /// <param name="plan">What to feed.</param>
    /// <param name="steps">Room for <see cref="Plan.StepsAhead"/> steps; closed by whoever reads it.</param>
    /// <param name="failed">Told when a loader cannot go on.</param>
    public BatchFeeder(Plan plan, ChannelWriter<StepBatch> steps, Action<LoaderProtocol.Failed> failed)
    {
        _plan = plan;
        _steps = steps;
        _failed = failed;
        _nextToAsk = _nextToHand = _taken = plan.FirstStep;
        Receive<LoaderProtocol.Loaded>(loaded => Arrived(loaded.Batch));
        Receive<LoaderProtocol.Failed>(failure => _failed(failure));
        Receive<Taken>(taken =>
        {
            _taken = Math.Max(_taken, taken.Step + 1);
            AskAhead();
        });
        Receive<Check>(_ =>
        {
            AskAgain();
            Timers.StartSingleTimer(Check.Instance, Check.Instance, plan.Patience);
        });
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>What a feeder feeds.</summary>
    /// <param name="FirstStep">The first step to hand out.</param>
    /// <param name="EndStep">The step not to hand out any more.</param>
    /// <param name="Replicas">Hosted replicas, ascending.</param>
    /// <param name="Loaders">Who can be asked, at least one.</param>
    /// <param name="StepsAhead">Steps that may be asked for before they are needed.</param>
    /// <param name="Patience">How long a share may take before another loader is asked.</param>
    public sealed record Plan(
        long FirstStep, long EndStep, IReadOnlyList<int> Replicas, IReadOnlyList<IActorRef> Loaders,
        int StepsAhead, TimeSpan Patience);

    /// <summary>The trainer took a step out of the channel: there is room for another.</summary>
    public sealed record Taken(long Step);

    /// <summary>Starts asking.</summary>
    protected override void PreStart()
    {
        Timers.StartSingleTimer(Check.Instance, Check.Instance, _plan.Patience);
        AskAhead();
    }

    private void AskAhead()
    {
        while (_nextToAsk < Math.Min(_taken + _plan.StepsAhead, _plan.EndStep))
        {
            _assembling[_nextToAsk] = new ReplicaBatch?[_plan.Replicas.Count];
            foreach (int replica in _plan.Replicas) Ask(_nextToAsk, replica);
            _nextToAsk++;
        }
    }

    private void Ask(long step, int replica)
    {
        _plan.Loaders[_asked++ % _plan.Loaders.Count].Tell(new LoaderProtocol.Request(step, replica));
        _pending[(step, replica)] = new Pending(Checked: false);
    }

    private void AskAgain()
    {
        // Two checks without an answer: somewhere between one and two patiences.
        foreach (((long step, int replica) key, Pending pending) in _pending.ToArray())
        {
            if (pending.Checked) Ask(key.step, key.replica);
            else _pending[key] = new Pending(Checked: true);
        }
    }

    private void Arrived(ReplicaBatch batch)
    {
        // A share asked for twice also comes twice.
        if (!_pending.Remove((batch.Step, batch.Replica))) return;
        _assembling[batch.Step][IndexOf(batch.Replica)] = batch;
        while (_assembling.TryGetValue(_nextToHand, out ReplicaBatch?[]? shares) && shares.All(s => s is not null))
        {
            // Never full: no more steps are asked for than the channel holds.
            _steps.TryWrite(new StepBatch(_nextToHand, shares!));
            _assembling.Remove(_nextToHand++);
        }
    }

    private int IndexOf(int replica)
    {
        for (int i = 0; i < _plan.Replicas.Count; i++)
            if (_plan.Replicas[i] == replica) return i;
        throw new InvalidOperationException($"replica {replica} was not asked for");
    }

    private readonly record struct Pending(bool Checked);

    private sealed record Check
    {
        public static readonly Check Instance = new();
    }
}
