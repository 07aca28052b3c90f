using System.Text.Json;

namespace Starling.Data;

/// <summary>Writes enumeration values as event logs, metrics and terminals show them.</summary>
public static class EnumNames
{
    /// <summary>Returns the value's name in snake case: <c>StepPhase.AllGather</c> is <c>all_gather</c>.</summary>
    public static string Named<T>(this T value) where T : struct, Enum =>
        JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
