using Starling.Data;

namespace Starling.Model.Checkpoints;

/// <summary>A checkpoint whose bytes are not those that were written. Never thrown for a newer format.</summary>
public sealed class DamagedCheckpointException(string folder, IReadOnlyList<string> problems)
    : StarlingException($"checkpoint {folder} is damaged and was not used: {string.Join("; ", problems)}")
{
    /// <summary>The checkpoint.</summary>
    public string Folder { get; } = folder;

    /// <summary>Each names a file and says what differs.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;
}
