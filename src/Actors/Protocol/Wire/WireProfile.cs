using Akka.Cluster.Tools.Singleton;

namespace Starling.Actors.Protocol.Wire;

/// <summary>Akka's settings for the messages between nodes.</summary>
public static class WireProfile
{
    /// <summary>
    /// The settings: they register <see cref="StarlingSerializer"/> for its messages, and refuse every other type
    /// except those messages of Akka that its protocols need. These settings go in front of Akka's defaults.
    /// </summary>
    public static string Hocon { get; } = $$"""
        akka.actor {
          serialization-settings.allow-unregistered-types = false
          serializers {
            starling = "{{Name(typeof(StarlingSerializer))}}"
            # Of these only a few messages pass.
            akka-misc = "{{Name(typeof(RemoteMessages))}}"
            akka-system-msg = "{{Name(typeof(DeathWatchMessages))}}"
            akka-containers = "{{Name(typeof(SelectionMessages))}}"
            akka-cluster = "{{Name(typeof(MembershipMessages))}}"
            akka-singleton = "{{Name(typeof(HandoverMessages))}}"
            # Each of these would make objects of types that the network names.
            json = "{{Name(typeof(RefusingSerializer))}}"
            proto = "{{Name(typeof(RefusingSerializer))}}"
            daemon-create = "{{Name(typeof(RefusingSerializer))}}"
            reliable-delivery = "{{Name(typeof(RefusingSerializer))}}"
          }
          serialization-bindings {
            "{{Name(typeof(IClusterSingletonMessage))}}" = akka-singleton
            {{string.Join("\n    ", WireMessages.ByType.Keys.Select(type => $"\"{Name(type)}\" = starling"))}}
          }
        }

        """;

    private static string Name(Type type) => $"{type.FullName}, {type.Assembly.GetName().Name}";
}
