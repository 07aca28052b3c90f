using Starling.Actors.Configuration;
using Starling.Actors.Evaluating;
using Starling.Actors.Runs;
using Starling.Model.Checkpoints;
using Starling.Model.Evaluation;
using Starling.Model.Tensors;

namespace Starling.Actors.Hosting.Processes;

/// <summary>Evaluates a checkpoint for a command, with the code of a run's evaluator.</summary>
public sealed class EvaluationHost(TimeProvider time) : IEvaluationHost
{
    /// <inheritdoc/>
    public Task<EvaluationReport> EvaluateAsync(
        string checkpoint, StarlingOptions options, CancellationToken cancellationToken)
    {
        // The evaluation has a thread of its own, because no tensor is ever used on a thread of the pool.
        TaskCompletionSource<EvaluationReport> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Thread thread = new(() =>
        {
            try
            {
                done.SetResult(Evaluate(checkpoint, options, cancellationToken));
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        }, LibTorch.StackBytes)
        { Name = "evaluation", IsBackground = true };
        thread.Start();
        return done.Task;
    }

    private EvaluationReport Evaluate(string folder, StarlingOptions options, CancellationToken cancellation)
    {
        LoadedCheckpoint checkpoint = CheckpointReader.Load(folder);
        string runFolder = CheckpointPaths.RunOf(folder);
        RunContext run = RunContext.Open(options, runFolder);
        using RunEvaluation evaluation = RunEvaluation.Open(run, time, cancellation);
        return evaluation.Evaluate(checkpoint, cancellation);
    }
}
