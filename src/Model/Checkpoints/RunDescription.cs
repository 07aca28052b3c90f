using System.Text.Json;

namespace Starling.Model.Checkpoints;

/// <summary>
/// What a run is. Every checkpoint contains it, and a checkpoint is compared with the current run before it is used.
/// </summary>
/// <param name="RunId">Identifier of the run.</param>
/// <param name="Configuration">The whole resolved configuration, a JSON object.</param>
/// <param name="ModelHash">Hash of the settings that decide whether the weights fit (model and tokenizer).</param>
/// <param name="DataFingerprint">Fingerprint of the data set.</param>
/// <param name="TokenizerFingerprint">Fingerprint of the tokenizer's weights and settings.</param>
public sealed record RunDescription(string RunId, JsonElement Configuration, string ModelHash, string DataFingerprint,
    string TokenizerFingerprint)
{
    /// <summary>
    /// Hashes of the same model as earlier versions of the program wrote them. A checkpoint with one of them belongs to
    /// this model too.
    /// </summary>
    public IReadOnlyList<string> EarlierModelHashes { get; init; } = [];

    /// <summary>
    /// Fingerprints of the same data set as earlier versions of the program wrote them. They tell less than the present
    /// one. A checkpoint with one of them belongs to this data set as far as anybody can know.
    /// </summary>
    public IReadOnlyList<string> EarlierDataFingerprints { get; init; } = [];

    /// <summary>Fingerprints of the same tokenizer as earlier versions of the program wrote them.</summary>
    public IReadOnlyList<string> EarlierTokenizerFingerprints { get; init; } = [];

    /// <summary>
    /// Says for another fingerprint which files of the data set have changed since; null if nothing is known about it.
    /// </summary>
    public Func<string, string?> DataChange { get; init; } = _ => null;
}
