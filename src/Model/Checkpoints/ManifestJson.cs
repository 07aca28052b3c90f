using System.Text.Json.Serialization;

namespace Starling.Model.Checkpoints;

/// <summary>Generated serializer of manifests. A loss may be NaN or infinite, which JSON itself cannot say.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true,
    NewLine = "\n", NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(CheckpointManifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;
