using System.Text.Json.Serialization;

namespace Starling.Model.Evaluation;

/// <summary>Serialisation code made at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(EvaluationResult))]
[JsonSerializable(typeof(ReferenceKey))]
internal sealed partial class EvaluationJson : JsonSerializerContext;
