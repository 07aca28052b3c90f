namespace Starling.Model.Optimizers;

/// <summary>Trains one network on the calling thread, one batch at a time.</summary>
/// <typeparam name="TBatch">What a step learns from.</typeparam>
/// <typeparam name="TMetrics">What a step measures.</typeparam>
public interface INetworkTrainer<in TBatch, out TMetrics>
{
    /// <summary>Number of steps done, which is also the number of the next step.</summary>
    long StepsDone { get; }

    /// <summary>Makes one optimizer step.</summary>
    TMetrics Step(TBatch batch);
}
