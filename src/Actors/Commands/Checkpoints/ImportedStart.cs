using Starling.Actors.Configuration;
using Starling.Actors.Runs;
using Starling.Data;
using Starling.Model.Checkpoints;
using Starling.Model.Files;
using Starling.Model.Import;
using Starling.Model.Snapshots;
using Starling.Model.Training;
using Starling.Model.Transformer;
using TorchSharp;

namespace Starling.Actors.Commands.Checkpoints;

/// <summary>
/// Writes imported weights as a run's checkpoint of step 0. Training, sampling and evaluation then need no code for
/// imports. Without a checkpoint of step 0, a run that lost its checkpoints would start from random weights. With it,
/// the run stops and says so.
/// </summary>
internal static class ImportedStart
{
    /// <summary>
    /// Writes the checkpoint. Student and teacher have the imported weights, the projector is new, and moments are 0.
    /// </summary>
    /// <returns>The checkpoint's folder.</returns>
    /// <exception cref="StarlingException">
    /// The run has checkpoints already, or its configuration describes another network.
    /// </exception>
    public static string Write(
        string file, ImportedGpt imported, StarlingOptions options, string runFolder, TimeProvider time)
    {
        RunContext run = RunContext.Open(options, runFolder);
        Require(file, imported.Shape, run.Shape);
        using RunLock runLock = RunLock.Acquire(runFolder);
        if (run.Checkpoints.List().Count > 0)
            throw new StarlingException($"{runFolder} holds checkpoints already: choose a new --run folder");
        using TrainingState state = TrainingState.Create(run.Shape, options.SelfGuided, options.Seed, torch.CPU);
        using (torch.no_grad())
        {
            state.Student.Weights.Values.copy_(imported.Weights.Values);
            state.Teacher.Values.copy_(imported.Weights.Values);
        }
        using SnapshotBuffers buffers = new();
        using CheckpointSnapshot snapshot = buffers.Capture(step: 0, generation: 0, state.Vectors());
        return new CheckpointWriter(run.Checkpoints, time)
            .Write(snapshot, run.Description, new Dictionary<string, double>()).Folder;
    }

    /// <summary>
    /// Checks that the imported network is the configuration's. The number of tokens may differ, because no weight
    /// depends on it: training may continue with images of another size.
    /// </summary>
    private static void Require(string file, GptShape imported, GptShape wanted)
    {
        GptShape comparable = imported with { Tokens = wanted.Tokens, FfnMultiple = wanted.FfnMultiple };
        if (comparable != wanted || imported.FfnHidden != wanted.FfnHidden)
            throw new StarlingException($"{file} does not fit the configuration: it is {NetworkText.Of(imported)}, " +
                $"the run's is {NetworkText.Of(wanted)}");
    }
}
