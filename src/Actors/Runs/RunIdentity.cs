namespace Starling.Actors.Runs;

/// <summary>
/// What has to be the same on all nodes of a run. A node of another identity would compute another state, or not
/// understand what it is told, so the supervisor refuses it.
/// </summary>
/// <param name="Protocol">Version of the messages between nodes.</param>
/// <param name="ConfigHash">Hash of what the training state is a function of.</param>
/// <param name="DataFingerprint">Hash of the data set's index.</param>
/// <param name="TokenizerFingerprint">Hash of the tokenizer's weights.</param>
public sealed record RunIdentity(int Protocol, string ConfigHash, string DataFingerprint, string TokenizerFingerprint)
{
    /// <summary>The version that this program speaks; grows with every change of a message.</summary>
    public const int CurrentProtocol = 1;

    /// <summary>
    /// Names the first thing that differs, with both values, for both sides' logs; null if nothing does.
    /// </summary>
    public string? DifferenceFrom(RunIdentity run)
    {
        if (Protocol != run.Protocol)
            return $"this node speaks protocol {Protocol}, the run {run.Protocol}: start it from the same release";
        if (ConfigHash != run.ConfigHash)
            return $"this node's configuration is {ConfigHash}, the run's {run.ConfigHash}: give all nodes the same " +
                "--config and --set";
        if (DataFingerprint != run.DataFingerprint)
            return $"this node's data set is {DataFingerprint}, the run's {run.DataFingerprint}: data.files has to " +
                "name the same files everywhere";
        return TokenizerFingerprint == run.TokenizerFingerprint ? null
            : $"this node's tokenizer is {TokenizerFingerprint}, the run's {run.TokenizerFingerprint}: " +
                "tokenizer.path has to name the same file everywhere";
    }
}
