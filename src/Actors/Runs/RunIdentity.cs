namespace Starling.Actors.Runs;

/// <summary>
/// The properties that must be the same on all nodes of a run. The supervisor refuses a node of another identity,
/// because that node would compute other states or misunderstand messages.
/// </summary>
/// <param name="Protocol">Version of what the nodes of a run exchange: messages and checkpoints.</param>
/// <param name="ConfigHash">
/// Hash of the configuration as far as the nodes must agree on it; see <see cref="TrainingIdentity.HashWith"/>.
/// </param>
/// <param name="DataFingerprint">Fingerprint of the data set.</param>
/// <param name="TokenizerFingerprint">Fingerprint of the tokenizer.</param>
/// <param name="Folder">The id of the run's folder; see <see cref="RunLedger.FolderId"/>.</param>
public sealed record RunIdentity(
    int Protocol, string ConfigHash, string DataFingerprint, string TokenizerFingerprint, string Folder)
{
    /// <summary>
    /// The version of what this program exchanges with other nodes. The number grows with every change of a message or
    /// of a checkpoint that nodes of the version before would misunderstand. Version 2 has another hash of the model.
    /// In version 3, nodes prove that they share the run's folder.
    /// </summary>
    public const int CurrentProtocol = 3;

    /// <summary>
    /// Returns a line for the logs of both sides that names the first difference, with both values; null if there is no
    /// difference.
    /// </summary>
    public string? DifferenceFrom(RunIdentity run)
    {
        if (Protocol != run.Protocol)
            return $"this node speaks protocol {Protocol}, the run {run.Protocol}: start it from the same release";
        if (Folder != run.Folder)
            return $"this node's run folder is not the run's (its id is {Folder}, the run's {run.Folder}): --run has " +
                "to name one folder, which all nodes share; is it mounted here?";
        if (ConfigHash != run.ConfigHash)
            return $"this node's configuration is {ConfigHash}, the run's {run.ConfigHash}: give all nodes the same " +
                "--config and --set";
        if (DataFingerprint != run.DataFingerprint)
            return $"this node's data set is {DataFingerprint}, the run's {run.DataFingerprint}: data.files has to " +
                "name the same files everywhere (starling data inspect prints the fingerprint of each)";
        return TokenizerFingerprint == run.TokenizerFingerprint ? null
            : $"this node's tokenizer is {TokenizerFingerprint}, the run's {run.TokenizerFingerprint}: " +
                "tokenizer.path has to name the same file everywhere";
    }
}
