using Starling.Actors.Coordination;

namespace Starling.Actors.Tests.Coordination.Simulation;

/// <summary>An evaluator's process as the protocol asks for it.</summary>
internal sealed class SimulatedEvaluator(SimulatedCluster cluster)
{
    public const string Name = "e";

    private long? _evaluating;
    private RunEvent.EvaluationEnded? _last;

    public List<long> Orders { get; } = [];

    public List<RunEvent> Mail { get; } = [];

    /// <summary>How many evaluations were made.</summary>
    public int Made { get; private set; }

    public IEnumerable<Action> Moves()
    {
        if (Orders.Count > 0) yield return Obey;
        if (_evaluating is not null) yield return End;
        if (Mail.Count > 0) yield return Deliver;
    }

    public void Register()
    {
        Mail.Add(new RunEvent.EvaluatorJoined(Name));
        Mail.Add(new RunEvent.EvaluatorReported(Name, _evaluating ?? -1));
    }

    /// <summary>The process dies, and another one takes its place.</summary>
    public void Restart()
    {
        Orders.Clear();
        Mail.Clear();
        (_evaluating, _last) = (null, null);
        cluster.Leader.Hear(new RunEvent.EvaluatorLost(Name));
        cluster.Leader.Hear(new RunEvent.EvaluatorJoined(Name));
    }

    private void Obey()
    {
        long step = Orders[0];
        Orders.RemoveAt(0);
        if (_evaluating is not null) return;
        if (_last?.Step == step) Mail.Add(_last);
        else _evaluating = step;
    }

    private void End()
    {
        long step = _evaluating!.Value;
        _last = new RunEvent.EvaluationEnded(step, step % 3 == 0 ? "failed" : null);
        _evaluating = null;
        Made++;
        Mail.Add(_last);
    }

    private void Deliver()
    {
        RunEvent happened = Mail[0];
        Mail.RemoveAt(0);
        cluster.Leader.Hear(happened);
    }
}
