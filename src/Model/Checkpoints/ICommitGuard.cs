namespace Starling.Model.Checkpoints;

/// <summary>
/// Keeps a node that was cut off from publishing: a commit happens only while its generation is the current one, and
/// no other generation can begin in the middle of it.
/// </summary>
public interface ICommitGuard
{
    /// <summary>Runs <paramref name="commit"/> if <paramref name="generation"/> is the current one.</summary>
    /// <returns>False if it is not; nothing was done then.</returns>
    bool TryCommit(long generation, Action commit);
}
