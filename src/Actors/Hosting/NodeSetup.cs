using Starling.Actors.Monitoring;
using Starling.Actors.Supervision;
using Starling.Data.Batches;

namespace Starling.Actors.Hosting;

/// <summary>What the actors of a node are made from.</summary>
internal sealed record NodeSetup
{
    public required RunContext Run { get; init; }

    public required RunPlan Plan { get; init; }

    /// <summary>Frechet distances of earlier evaluations, by step.</summary>
    public required IReadOnlyDictionary<long, double> Scores { get; init; }

    public required int Attempt { get; init; }

    public required bool Force { get; init; }

    public required MonitorOutputs Outputs { get; init; }

    public required RunProgress Progress { get; init; }

    public required int TokensPerImage { get; init; }

    public required Action<ReplicaBatchPipeline> PipelineOpened { get; init; }

    public required Action<RunEnding> Ended { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>Cancelled when the run has ended: abandons an evaluation nobody waits for.</summary>
    public required CancellationToken Stopping { get; init; }
}
