using System.Collections.Immutable;
using Akka.Actor;
using Starling.Actors.Evaluating;
using Starling.Actors.Monitoring;
using Starling.Actors.Training;
using Starling.Data;

namespace Starling.Actors.Supervision;

/// <summary>
/// The cluster singleton that runs a run. It decides nothing itself: messages become events of
/// <see cref="RunMachine"/>, whose effects it performs in order.
/// </summary>
public sealed class RunSupervisor : ReceiveActor
{
    private readonly RunPlan _plan;
    private readonly GenerationFile _generations;
    private readonly ICanTell _monitor;
    private readonly Action<RunEnding> _ended;
    private readonly Dictionary<string, IActorRef> _trainers = [];
    private readonly List<IActorRef> _loaders = [];
    private readonly List<IActorRef> _evaluators = [];
    private readonly List<RunEvent> _waiting = [];
    private readonly Queue<long> _unassignedEvaluations = new();
    private RunState _state = new();

    /// <summary>A supervisor that goes on with the numbering in <paramref name="generations"/>.</summary>
    /// <param name="plan">The run.</param>
    /// <param name="generations">The durable generation number.</param>
    /// <param name="monitor">Told of every new state.</param>
    /// <param name="ended">Told once how the run ended.</param>
    public RunSupervisor(RunPlan plan, GenerationFile generations, ICanTell monitor, Action<RunEnding> ended)
    {
        _plan = plan;
        _generations = generations;
        _monitor = monitor;
        _ended = ended;
        Receive<SupervisorProtocol.RegisterTrainer>(Register);
        Receive<SupervisorProtocol.RegisterLoader>(m => Register(_loaders, m.Actor));
        Receive<SupervisorProtocol.RegisterEvaluator>(m =>
        {
            Register(_evaluators, m.Actor);
            while (_unassignedEvaluations.TryDequeue(out long step)) Evaluate(step);
        });
        Receive<SupervisorProtocol.TrainerFailed>(m => Happened(new RunEvent.TrainerLost(m.Trainer, m.Reason)));
        Receive<SupervisorProtocol.Happened>(m => Happened(m.Event));
        Receive<Terminated>(Gone);
    }

    /// <summary>Takes up the numbering.</summary>
    protected override void PreStart()
    {
        try
        {
            _state = _state with { Generation = _generations.Read() };
        }
        catch (StarlingException e)
        {
            Happened(new RunEvent.Fatal(e.Message));
        }
    }

    private void Register(SupervisorProtocol.RegisterTrainer m)
    {
        _trainers[m.Trainer] = m.Actor;
        Context.Watch(m.Actor);
        m.Actor.Tell(SupervisorProtocol.Registered.Instance);
        RunEvent joined = new RunEvent.TrainerJoined(m.Trainer, m.Incarnation);
        if (_loaders.Count > 0) Happened(joined);
        else _waiting.Add(joined); // nobody could feed it yet
    }

    private void Register(List<IActorRef> actors, IActorRef actor)
    {
        actor.Tell(SupervisorProtocol.Registered.Instance);
        if (actors.Contains(actor)) return;
        actors.Add(actor);
        Context.Watch(actor);
        RunEvent[] waiting = [.. _waiting];
        if (_loaders.Count == 0) return;
        _waiting.Clear();
        foreach (RunEvent happened in waiting) Happened(happened);
    }

    private void Gone(Terminated m)
    {
        _loaders.Remove(m.ActorRef);
        if (_evaluators.Remove(m.ActorRef) && _state.Evaluating is { } step)
            Happened(new RunEvent.EvaluationEnded(step, "the evaluator is gone"));
        if (_trainers.FirstOrDefault(t => t.Value.Equals(m.ActorRef)).Key is { } trainer)
            Happened(new RunEvent.TrainerLost(trainer, "its actor is gone"));
    }

    private void Happened(RunEvent happened)
    {
        (RunState next, IReadOnlyList<RunEffect> effects) = RunMachine.Apply(_plan, _state, happened);
        bool changed = next != _state;
        _state = next;
        if (changed) _monitor.Tell(new MonitorProtocol.RunChanged(next), Self);
        try
        {
            foreach (RunEffect effect in effects) Perform(effect);
        }
        catch (StarlingException e)
        {
            // The number is not durable, so whoever was to hear of it must not; a supervisor that died of it would
            // leave trainers waiting that believe to be registered.
            Happened(new RunEvent.Fatal(e.Message));
        }
    }

    private void Perform(RunEffect effect)
    {
        switch (effect)
        {
            case RunEffect.PersistGeneration e:
                _generations.Write(e.Generation);
                break;
            case RunEffect.Assign e:
                _trainers[e.Trainer].Tell(new TrainerProtocol.Assign(e.Generation, e.Replicas, [.. _loaders]));
                break;
            case RunEffect.Begin e:
                foreach (IActorRef trainer in Hosts()) trainer.Tell(new TrainerProtocol.Begin(e.Generation));
                break;
            case RunEffect.Halt e:
                foreach (IActorRef trainer in Hosts()) trainer.Tell(new TrainerProtocol.Halt(e.Generation));
                break;
            case RunEffect.Evaluate e:
                Evaluate(e.Step);
                break;
            case RunEffect.End e:
                _ended(new RunEnding(e.Outcome, e.Step, e.Reason));
                break;
            default:
                throw new InvalidOperationException($"no such effect: {effect}");
        }
    }

    private ImmutableArray<IActorRef> Hosts() => [.. _state.Hosting.Keys.Select(name => _trainers[name])];

    private void Evaluate(long step)
    {
        if (_evaluators.Count == 0) _unassignedEvaluations.Enqueue(step);
        else _evaluators[0].Tell(new EvaluatorProtocol.Evaluate(step));
    }
}
