using System.Collections;
using System.Globalization;
using System.Reflection;
using Akka.Actor;

namespace Starling.Actors.Tests.Protocol.Wire;

/// <summary>A message's contents as "path=value" lines, lists and records opened up.</summary>
internal static class MessageDump
{
    public static IReadOnlyList<string> Of(object message) => [.. Lines("", message)];

    /// <summary>Properties that hold what they would hold if nothing had been read.</summary>
    public static IEnumerable<string> Defaults(object record) => Properties(record)
        .Where(p => p.GetValue(record) is null or 0 or 0L or 0.0 or false or "" or ICollection { Count: 0 })
        .Select(p => p.Name);

    private static IEnumerable<string> Lines(string path, object? value) => value switch
    {
        null => [],
        IActorRef actor => [$"{path}={actor.Path.ToStringWithAddress()}"],
        ReadOnlyMemory<byte> bytes => [$"{path}={Convert.ToHexString(bytes.Span)}"],
        DateTimeOffset time => [$"{path}={time:o}"],
        string or Enum => [$"{path}={value}"],
        IConvertible number => [$"{path}={number.ToString(CultureInfo.InvariantCulture)}"],
        IEnumerable list => list.Cast<object?>().SelectMany((item, i) => Lines($"{path}[{i}]", item)),
        _ => Properties(value).SelectMany(p => Lines($"{path}.{p.Name}", p.GetValue(value))),
    };

    private static IEnumerable<PropertyInfo> Properties(object record) => record.GetType()
        .GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.GetIndexParameters().Length == 0);
}
