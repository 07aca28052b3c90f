using Starling.Actors.Runs;
using Starling.Model.Checkpoints;
using Starling.Model.Training;
using Starling.Model.Transformer;

namespace Starling.Actors.Training;

/// <summary>What a trainer has to know of its run.</summary>
/// <param name="Shape">The transformer.</param>
/// <param name="Step">Settings of a step.</param>
/// <param name="TokenizerPath">The frozen tokenizer's file.</param>
/// <param name="CheckpointEverySteps">Steps between checkpoints.</param>
/// <param name="Run">What checkpoints are compared with.</param>
/// <param name="ComparedSections">
/// Sections of the configuration that have to be equal to go on from a checkpoint.
/// </param>
/// <param name="Identity">What has to be the same on all nodes.</param>
/// <param name="Force">Goes on from a checkpoint of another configuration or data set all the same.</param>
public sealed record TrainerSettings(
    GptShape Shape, TrainStepOptions Step, string TokenizerPath, long CheckpointEverySteps, RunDescription Run,
    IReadOnlyList<string> ComparedSections, RunIdentity Identity, bool Force);
