namespace Starling.Model.Snapshots;

/// <summary>The parts of a training state, in the order in which <see cref="StateHash"/> hashes them.</summary>
public enum CheckpointPart
{
    /// <summary>The trained network.</summary>
    Student,
    /// <summary>The student's moving average.</summary>
    Teacher,
    /// <summary>The projector of the contrastive losses. A state without ST-AR has none.</summary>
    Projector,
    /// <summary>AdamW's moments, for instance <c>exp_avg.student.norm.weight</c>, and its count of updates.</summary>
    Optimizer,
}
