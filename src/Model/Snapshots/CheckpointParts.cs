namespace Starling.Model.Snapshots;

/// <summary>Names of the parts of a checkpoint.</summary>
public static class CheckpointParts
{
    /// <summary>Every part, in hashing order.</summary>
    public static IReadOnlyList<CheckpointPart> All { get; } =
        [CheckpointPart.Student, CheckpointPart.Teacher, CheckpointPart.Projector, CheckpointPart.Optimizer];

    /// <summary>The part's name in hashes and file names, e.g. <c>student</c>.</summary>
    public static string Label(this CheckpointPart part) => part switch
    {
        CheckpointPart.Student => "student",
        CheckpointPart.Teacher => "teacher",
        CheckpointPart.Projector => "projector",
        CheckpointPart.Optimizer => "optimizer",
        _ => throw new ArgumentOutOfRangeException(nameof(part), part, null),
    };

    /// <summary>The part's file in a checkpoint folder, e.g. <c>student.safetensors</c>.</summary>
    public static string FileName(this CheckpointPart part) => part.Label() + ".safetensors";

    /// <summary>Whether every checkpoint has this part.</summary>
    public static bool IsRequired(this CheckpointPart part) => part != CheckpointPart.Projector;
}
