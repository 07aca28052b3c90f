using System.Text.Json;
using System.Text.Json.Serialization;

namespace Starling.Model.Checkpoints;

/// <summary>
/// Writes a configuration value as JSON on one line, for messages. The compiler generates the code.
/// </summary>
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class OneLine : JsonSerializerContext;
