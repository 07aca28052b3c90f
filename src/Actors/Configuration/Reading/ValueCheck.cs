using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Starling.Actors.Configuration.Reading;

/// <summary>
/// Checks one value: first its type, then the annotations of its property.
/// </summary>
internal static class ValueCheck
{
    /// <summary>Returns what the value has to be ("must be …"), or null if the value is right.</summary>
    public static string? Problem(JsonNode? node, JsonPropertyInfo property)
    {
        object? value;
        try
        {
            value = node.Deserialize(property.PropertyType, OptionsJson.Serializer);
        }
        catch (JsonException)
        {
            return $"must be {Allowed(property.PropertyType)}";
        }
        if (value is null) return property.IsSetNullable ? null : $"must be {Allowed(property.PropertyType)}";
        if (value is IEnumerable<string> texts && texts.Any(string.IsNullOrWhiteSpace))
            return "must not hold an empty text";

        object[] annotations = property.AttributeProvider?.GetCustomAttributes(typeof(ValidationAttribute), true) ?? [];
        return annotations.Cast<ValidationAttribute>().FirstOrDefault(a => !a.IsValid(value)) is { } broken
            ? Demand(broken)
            : null;
    }

    private static string Demand(ValidationAttribute attribute) => attribute switch
    {
        { ErrorMessage: { } text } => text,
        RangeAttribute r when IsUnbounded(r.Maximum) => $"must be at least {Text(r.Minimum)}",
        RangeAttribute r => $"must be between {Text(r.Minimum)} and {Text(r.Maximum)}",
        RegularExpressionAttribute r => $"must match {r.Pattern}",
        _ => attribute.FormatErrorMessage("the value"),
    };

    // Range(1L, long.MaxValue) is a range of doubles, and the double nearest to long.MaxValue is 2^63.
    private static bool IsUnbounded(object maximum) => maximum is int.MaxValue or >= (double)long.MaxValue;

    private static string Text(object number) => Convert.ToString(number, CultureInfo.InvariantCulture)!;

    private static string Allowed(Type type)
    {
        Type plain = Nullable.GetUnderlyingType(type) ?? type;
        return plain switch
        {
            { IsEnum: true } => "one of " + string.Join(", ", Enum.GetNames(plain).Select(OptionsEnums.ConvertName)),
            _ when plain == typeof(bool) => "true or false",
            _ when plain == typeof(string) => "a text",
            _ when plain == typeof(ulong) => "a whole number from 0 to 18446744073709551615",
            _ when plain == typeof(int) || plain == typeof(long) => "a whole number",
            _ when plain == typeof(double) || plain == typeof(float) => "a number",
            _ when plain.IsAssignableTo(typeof(IEnumerable<string>)) => "a list of texts",
            _ when plain.IsAssignableTo(typeof(System.Collections.IEnumerable)) => "a list of numbers",
            _ => "a section in braces",
        };
    }

    private static readonly EnumNaming OptionsEnums = new();
}
