using System.Text.Json.Serialization;

namespace Starling.Model.Checkpoints;

/// <summary>
/// Generated serializer of manifests. It writes NaN and infinities, which losses may be, as strings, because JSON has
/// no numbers for them.
/// </summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true,
    NewLine = "\n", NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(CheckpointManifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;
