using System.Text.Json;

namespace Starling.Model.Checkpoints;

/// <summary>
/// What a run is: written into every checkpoint, and compared with the current run before one is used.
/// </summary>
/// <param name="RunId">Identifier of the run.</param>
/// <param name="Configuration">The whole resolved configuration, a JSON object.</param>
/// <param name="ModelHash">Hash of the settings that decide whether the weights fit (model, tokenizer).</param>
/// <param name="DataFingerprint">Fingerprint of the data set.</param>
/// <param name="TokenizerFingerprint">Fingerprint of the tokenizer's weights and settings.</param>
public sealed record RunDescription(string RunId, JsonElement Configuration, string ModelHash, string DataFingerprint,
    string TokenizerFingerprint)
{
    /// <summary>
    /// Other hashes of the same model, as earlier versions of the program wrote them. A checkpoint with one of them is
    /// this model's too.
    /// </summary>
    public IReadOnlyList<string> EarlierModelHashes { get; init; } = [];
}
