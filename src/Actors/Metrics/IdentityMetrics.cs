using Prometheus;
using Starling.Actors.Runs;

namespace Starling.Actors.Metrics;

/// <summary>Metrics that name the program, run, node and attempt to which the other metrics belong.</summary>
public sealed class IdentityMetrics
{
    private readonly Gauge _build, _run, _node, _attempt;

    internal IdentityMetrics(MetricBook book)
    {
        _build = book.Gauge(Exporter.Node, "build_info", "Always 1; the program's version", "version");
        _run = book.Gauge(Exporter.Node, "run_info", "Always 1; the run, its training identity and its network",
            "run", "config_hash", "model");
        _node = book.Gauge(Exporter.Node, "node_info", "Always 1; the node and its roles", "node", "roles", "run");
        _attempt = book.Gauge(Exporter.Node, "attempt", "Number of this start of the run, from 1");
        _build.WithLabels(ProgramVersion.Text).Set(1);
    }

    /// <summary>Names the run.</summary>
    /// <param name="run">The run's name.</param>
    /// <param name="configHash">Hash of the run's <see cref="Runs.TrainingIdentity"/>.</param>
    /// <param name="model">The size of its network, for instance <c>dim192-layers6</c>.</param>
    public void Run(string run, string configHash, string model) => _run.WithLabels(run, configHash, model).Set(1);

    /// <summary>Names the node.</summary>
    /// <param name="node">Its name.</param>
    /// <param name="roles">Its roles.</param>
    /// <param name="run">The run's name.</param>
    public void Node(string node, IEnumerable<string> roles, string run) =>
        _node.WithLabels(node, string.Join(',', roles), run).Set(1);

    /// <summary>Sets the number of this start of the run, from 1.</summary>
    public void Attempt(int number) => _attempt.Set(number);
}
