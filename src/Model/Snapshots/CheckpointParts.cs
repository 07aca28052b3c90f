namespace Starling.Model.Snapshots;

/// <summary>The names of the parts of a training state in a checkpoint.</summary>
public static class CheckpointParts
{
    /// <summary>All parts, in the order of hashing.</summary>
    public static IReadOnlyList<CheckpointPart> All { get; } =
        [CheckpointPart.Student, CheckpointPart.Teacher, CheckpointPart.Projector, CheckpointPart.Optimizer];

    /// <summary>Gives the part's name in hashes and file names, for instance <c>student</c>.</summary>
    public static string Label(this CheckpointPart part) => part switch
    {
        CheckpointPart.Student => "student",
        CheckpointPart.Teacher => "teacher",
        CheckpointPart.Projector => "projector",
        CheckpointPart.Optimizer => "optimizer",
        _ => throw new ArgumentOutOfRangeException(nameof(part), part, null),
    };

    /// <summary>
    /// Gives the name of the part's file in a checkpoint folder, for instance <c>student.safetensors</c>.
    /// </summary>
    public static string FileName(this CheckpointPart part) => part.Label() + ".safetensors";

    /// <summary>Tells whether every checkpoint has this part.</summary>
    public static bool IsRequired(this CheckpointPart part) => part != CheckpointPart.Projector;
}
