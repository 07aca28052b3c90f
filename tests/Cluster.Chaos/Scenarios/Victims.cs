using System.Text.Json;
using Starling.Cluster.Chaos.Harness;
using Starling.Data.Randomness;

namespace Starling.Cluster.Chaos.Scenarios;

/// <summary>Whom to harm.</summary>
internal static class Victims
{
    /// <summary>One of the hosts, while there is another one that holds the state as well.</summary>
    public static IReadOnlyList<Member>? OneHost(LocalCluster cluster, KeyedRandom random)
    {
        IReadOnlyList<string> hosts = cluster.Hosts;
        return hosts.Count < 2 ? null : ByName(cluster, hosts[random.Below(hosts.Count)]);
    }

    /// <summary>All trainers at once.</summary>
    public static IReadOnlyList<Member>? AllTrainers(LocalCluster cluster, KeyedRandom random)
    {
        Member[] trainers = [.. cluster.Members.Where(m => m.Role == "trainer")];
        return cluster.Hosts.Count > 0 && trainers.Length > 0 ? trainers : null;
    }

    /// <summary>The supervisor that leads, while another one stands by.</summary>
    public static IReadOnlyList<Member>? Leader(LocalCluster cluster, KeyedRandom random) =>
        cluster.Hosts.Count > 0 && cluster.Members.Count(m => m.Role == "supervisor") > 1
            ? LeaderOf(cluster) is { } leader ? [leader] : null
            : null;

    /// <summary>Any member of a role.</summary>
    public static Func<LocalCluster, KeyedRandom, IReadOnlyList<Member>?> OneOf(string role) => (cluster, random) =>
    {
        Member[] members = [.. cluster.Members.Where(m => m.Role == role)];
        return members.Length == 0 ? null : [members[random.Below(members.Length)]];
    };

    /// <summary>Whose node holds the lease of the supervisor's singleton; null while it is being written.</summary>
    public static Member? LeaderOf(LocalCluster cluster)
    {
        foreach (string path in Directory.EnumerateFiles(Path.Combine(cluster.Run, "leases"), "*singleton*.lease"))
        {
            try
            {
                string owner = JsonDocument.Parse(File.ReadAllText(path)).RootElement.GetProperty("Owner").GetString()!;
                return cluster.Members.FirstOrDefault(m => m.Role == "supervisor" &&
                    owner.Contains(m.Address[(m.Address.IndexOf('@', StringComparison.Ordinal) + 1)..] + "#",
                        StringComparison.Ordinal));
            }
            catch (Exception e) when (e is JsonException or IOException)
            {
                return null;
            }
        }
        return null;
    }

    private static Member[]? ByName(LocalCluster cluster, string name) =>
        cluster.Members.FirstOrDefault(m => m.Name == name) is { } member ? [member] : null;
}
