using System.Text.Json.Serialization;

namespace Starling.Model.Evaluation;

/// <summary>Generated serializers of the evaluation's files.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(EvaluationResult))]
[JsonSerializable(typeof(ReferenceKey))]
internal sealed partial class EvaluationJson : JsonSerializerContext;
