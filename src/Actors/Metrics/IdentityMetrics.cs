using Prometheus;
using Starling.Actors.Runs;

namespace Starling.Actors.Metrics;

/// <summary>Metrics that name the program, run, attempt and generation to which the other metrics belong.</summary>
public sealed class IdentityMetrics
{
    private readonly Gauge _build, _run, _generation, _attempt;

    internal IdentityMetrics(MetricBook book)
    {
        _build = book.Gauge("build_info", "Always 1; the program's version", "version");
        _run = book.Gauge("run_info", "Always 1; the run, its training identity and its network", "run", "config_hash",
            "model");
        _generation = book.Gauge("generation", "Number of the current membership decision");
        _attempt = book.Gauge("attempt", "Number of this start of the run, from 1");
        _build.WithLabels(ProgramVersion.Text).Set(1);
    }

    /// <summary>Names the run.</summary>
    /// <param name="run">The run's name.</param>
    /// <param name="configHash">Hash of the run's <see cref="Runs.TrainingIdentity"/>.</param>
    /// <param name="model">The size of its network, for instance <c>dim192-layers6</c>.</param>
    public void Run(string run, string configHash, string model) => _run.WithLabels(run, configHash, model).Set(1);

    /// <summary>Sets the number of the present generation.</summary>
    public void Generation(long number) => _generation.Set(number);

    /// <summary>Sets the number of this start of the run, from 1.</summary>
    public void Attempt(int number) => _attempt.Set(number);
}
