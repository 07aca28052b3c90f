using System.Globalization;
using Starling.Actors.Protocol;
using Starling.Actors.Runs;

namespace Starling.Actors.Reporting;

/// <summary>Renders the state of a cluster as lines of text.</summary>
internal static class StatusText
{
    private const int FaultsShown = 5;

    /// <summary>Renders the run as its supervisor reports it, then the members of the cluster.</summary>
    public static IEnumerable<string> Lines(NodeProtocol.ClusterStatus status)
    {
        if (status.Run is { } run)
        {
            foreach (string line in Run(run)) yield return line;
        }
        else
        {
            yield return "no supervisor answers";
        }
        yield return "members";
        // A node that was restarted under another name on the same port is listed under both names for a while.
        ILookup<string, string> names = (status.Run?.Nodes ?? []).ToLookup(n => n.Address, n => n.Name);
        foreach (NodeProtocol.MemberStatus m in status.Members)
            yield return $"  {NameOf(names[m.Address]),-14} {m.Address}  {string.Join(',', m.Roles)}  " +
                m.Status + (m.Reachable ? "" : ", unreachable");
    }

    /// <summary>Renders what the run's time was spent on, the most first.</summary>
    public static IEnumerable<string> Times(RunTimesRecord times)
    {
        TimeSpan all = TimeSpan.FromSeconds(times.All);
        yield return $"goodput {Display.Percent(times.Goodput ?? 0)} of {Display.Duration(all)}";
        yield return "  " + string.Join(", ", times.Seconds.Where(s => s.Value > 0).OrderByDescending(s => s.Value)
            .Select(s => $"{s.Key.Replace('_', ' ')} {Display.Percent(s.Value / times.All)}"));
    }

    private static string NameOf(IEnumerable<string> names) =>
        string.Join('/', names) is { Length: > 0 } known ? known : "?";

    private static IEnumerable<string> Run(RunStatus run)
    {
        yield return Text($"step {run.Step} of {run.Steps}, {run.StepsPerSecond:0.00} steps/s, {run.Phase}, ") +
            (run.Checkpoint < 0 ? "no checkpoint yet" : Text($"last checkpoint {run.Checkpoint}")) +
            (run.Evaluating is { } evaluating ? Text($", evaluating {evaluating}") : "");
        yield return Text($"term {run.Term}, generation {run.Generation}");
        if (run.WaitingFor is { } missing) yield return $"waiting for {missing}";
        yield return "trainers";
        foreach (TrainerStatus t in run.Trainers)
            yield return $"  {t.Name,-14} " +
                (t.Rank < 0 ? "spare" : Text($"rank {t.Rank}, replicas {Span(t.Replicas)}, ") +
                Text($"step {t.Step}, busy {t.BusySeconds:0.000} s, waiting {t.WaitSeconds:0.000} s")) +
                (t.Slow ? ", SLOW" : "") + (t.Leaving ? ", leaving" : "");
        if (run.Faults.Count == 0) yield break;
        yield return "last faults";
        foreach (FaultStatus fault in run.Faults.TakeLast(FaultsShown))
            yield return Text(
                $"  {fault.Time.UtcDateTime:HH:mm:ss} generation {fault.Generation}, step {fault.Step}: ") +
                fault.Reason;
    }

    /// <summary>Renders the replicas of a host, which are consecutive numbers.</summary>
    private static string Span(IReadOnlyList<int> replicas) =>
        replicas.Count == 1 ? Text($"{replicas[0]}") : Text($"{replicas[0]}-{replicas[^1]}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
