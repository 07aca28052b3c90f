using Starling.Data;

namespace Starling.Model.Checkpoints;

/// <summary>
/// The bytes of a checkpoint are not those that were written. Never thrown for a checkpoint of a newer format.
/// </summary>
public sealed class DamagedCheckpointException(string folder, IReadOnlyList<string> problems)
    : StarlingException($"checkpoint {folder} is damaged and was not used: {string.Join("; ", problems)}")
{
    /// <summary>The checkpoint's folder.</summary>
    public string Folder { get; } = folder;

    /// <summary>The problems. Each names a file and says what differs.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;
}
