using System.Text.Json;
using System.Text.Json.Serialization;

namespace Starling.Model.Checkpoints;

/// <summary>Generated serializer that writes a configuration value on one line, for messages.</summary>
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class OneLine : JsonSerializerContext;
