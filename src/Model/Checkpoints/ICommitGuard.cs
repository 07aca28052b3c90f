namespace Starling.Model.Checkpoints;

/// <summary>
/// Keeps a node that was cut off from committing checkpoints: a commit happens only while its generation is the current
/// one, and no other generation can begin during the commit.
/// </summary>
public interface ICommitGuard
{
    /// <summary>Calls <paramref name="commit"/> if <paramref name="generation"/> is the current one.</summary>
    /// <returns>False if it is not the current one. Nothing was done then.</returns>
    bool TryCommit(long generation, Action commit);
}
