using Starling.Actors.Runs;
using Starling.Model.Checkpoints;
using Starling.Model.Training;
using Starling.Model.Transformer;

namespace Starling.Actors.Training;

/// <summary>The settings of a run that a trainer needs.</summary>
/// <param name="Shape">The transformer.</param>
/// <param name="Step">Settings of a step.</param>
/// <param name="TokenizerPath">The frozen tokenizer's file.</param>
/// <param name="CheckpointEverySteps">Steps between checkpoints.</param>
/// <param name="Run">Description of the run; checkpoints are compared with it.</param>
/// <param name="ComparedSections">
/// Sections of the configuration that must be the same as in a checkpoint that the run goes on from.
/// </param>
/// <param name="Identity">Describes the run; has to be equal on all nodes.</param>
/// <param name="Force">Whether to go on from a checkpoint of another configuration or data set.</param>
public sealed record TrainerSettings(
    GptShape Shape, TrainStepOptions Step, string TokenizerPath, long CheckpointEverySteps, RunDescription Run,
    IReadOnlyList<string> ComparedSections, RunIdentity Identity, bool Force);
