namespace Starling.Model.Optimizers;

/// <summary>Runs a whole training of one network.</summary>
public static class NetworkTraining
{
    /// <summary>Trains until a number of steps is done, the batches end, or the caller cancels.</summary>
    /// <param name="trainer">The trainer of the network.</param>
    /// <param name="steps">Number of steps, with those that the trainer has done before.</param>
    /// <param name="batches">One batch for each step; may be endless.</param>
    /// <param name="report">Receives the measurements of each step.</param>
    /// <param name="cancellation">Stops the training between two steps.</param>
    public static void Run<TBatch, TMetrics>(this INetworkTrainer<TBatch, TMetrics> trainer, long steps,
        IEnumerable<TBatch> batches, Action<TMetrics> report, CancellationToken cancellation = default)
    {
        foreach (TBatch batch in batches)
        {
            if (trainer.StepsDone >= steps || cancellation.IsCancellationRequested) return;
            report(trainer.Step(batch));
        }
    }
}
