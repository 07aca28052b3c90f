namespace Starling.Model.Snapshots;

/// <summary>The parts of a training state, in the order in which <see cref="StateHash"/> takes them.</summary>
public enum CheckpointPart
{
    /// <summary>The trained network.</summary>
    Student,
    /// <summary>Its moving average.</summary>
    Teacher,
    /// <summary>The projection head of the contrastive losses; absent when the configuration has none.</summary>
    Projector,
    /// <summary>AdamW's moments, e.g. <c>exp_avg.student.norm.weight</c>.</summary>
    Optimizer,
}
