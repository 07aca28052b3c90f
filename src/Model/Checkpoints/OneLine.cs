using System.Text.Json;
using System.Text.Json.Serialization;

namespace Starling.Model.Checkpoints;

/// <summary>Generated serializer of a configuration value for a message.</summary>
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class OneLine : JsonSerializerContext;
