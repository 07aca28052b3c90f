namespace Starling.Actors.Protocol.Wire;

/// <summary>Akka's settings for the messages between nodes.</summary>
public static class WireProfile
{
    /// <summary>
    /// The settings: they register <see cref="StarlingSerializer"/> for its messages, and refuse every other type
    /// except those of Akka's own protocols. These settings go in front of Akka's defaults.
    /// </summary>
    public static string Hocon { get; } = $$"""
        akka.actor {
          serialization-settings.allow-unregistered-types = false
          serializers {
            starling = "{{Name(typeof(StarlingSerializer))}}"
            # Each of these would make objects of types that the network names.
            json = "{{Name(typeof(RefusingSerializer))}}"
            proto = "{{Name(typeof(RefusingSerializer))}}"
            daemon-create = "{{Name(typeof(RefusingSerializer))}}"
            reliable-delivery = "{{Name(typeof(RefusingSerializer))}}"
          }
          serialization-bindings {
            {{string.Join("\n    ", WireMessages.ByType.Keys.Select(type => $"\"{Name(type)}\" = starling"))}}
          }
        }

        """;

    private static string Name(Type type) => $"{type.FullName}, {type.Assembly.GetName().Name}";
}
