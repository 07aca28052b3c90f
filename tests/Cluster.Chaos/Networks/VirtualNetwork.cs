using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using Starling.Cluster.Chaos.Harness;

namespace Starling.Cluster.Chaos.Networks;

/// <summary>
/// Hosts with addresses of their own on this machine: a network namespace each, cabled to a switch that can be cut in
/// two. Nothing of it can be reached from outside, or reaches out. Needs root and iproute2.
/// </summary>
internal sealed class VirtualNetwork : IAsyncDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);
    private static readonly string[] Halves = ["whole", "part"];

    private readonly string _prefix = $"starling-{Environment.ProcessId}-";
    private readonly int _hosts;
    private readonly List<string> _namespaces = [];
    private readonly IDisposable _exit;
    private NameServer? _names;

    private VirtualNetwork(int hosts)
    {
        _hosts = hosts;
        _exit = Cleanup.AtExit(() =>
        {
            foreach (string name in _namespaces) Process.Start("ip", ["netns", "del", name]).WaitForExit();
            DeleteFiles();
        });
    }

    /// <summary>The name server of a network that was made with one.</summary>
    public NameServer Names => _names ?? throw new InvalidOperationException("a network without a name server");

    /// <summary>Tries whether there can be one on this machine; gives the reason if not.</summary>
    public static async Task<string?> UnavailableAsync()
    {
        try
        {
            await (await CreateAsync(1)).DisposeAsync();
            return null;
        }
        catch (Exception e) when (e is ChaosException or Win32Exception)
        {
            return $"no virtual network (it needs root and iproute2): {e.Message.ReplaceLineEndings(" ")}";
        }
    }

    /// <summary>Makes a network of hosts 0, 1, ….</summary>
    /// <param name="hosts">How many.</param>
    /// <param name="named">Whether all of them ask a name server, which is on a host of its own behind them.</param>
    public static async Task<VirtualNetwork> CreateAsync(int hosts, bool named = false)
    {
        VirtualNetwork network = new(named ? hosts + 1 : hosts);
        try
        {
            await network.BuildAsync();
            if (named) await network.AddNamesAsync(hosts);
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    /// <summary>A host's address.</summary>
    public static string AddressOf(int host) => $"10.77.0.{host + 1}";

    /// <summary>What a command line begins with that is to run on a host.</summary>
    public string[] On(int host) => ["ip", "netns", "exec", Host(host)];

    /// <summary>Cuts these hosts off from the others: what is sent between the parts is lost without a word.</summary>
    public Task CutAsync(IEnumerable<int> hosts) => PlugAsync(hosts, Halves[1]);

    /// <summary>Makes it one network again.</summary>
    public Task HealAsync() => PlugAsync(Enumerable.Range(0, _hosts), Halves[0]);

    public async ValueTask DisposeAsync()
    {
        if (_names is not null) await _names.DisposeAsync();
        foreach (string name in _namespaces) await Ip("netns", "del", name);
        DeleteFiles();
        _exit.Dispose();
    }

    private string Switch => _prefix + "switch";

    private async Task BuildAsync()
    {
        await AddAsync(Switch);
        foreach (string half in Halves)
        {
            await Ip("-n", Switch, "link", "add", half, "type", "bridge");
            await Ip("-n", Switch, "link", "set", half, "up");
        }
        for (int host = 0; host < _hosts; host++)
        {
            await AddAsync(Host(host));
            await Ip("link", "add", Port(host), "netns", Switch, "type", "veth", "peer", "name", "eth0", "netns",
                Host(host));
            await Ip("-n", Host(host), "addr", "add", AddressOf(host) + "/24", "dev", "eth0");
            await Ip("-n", Host(host), "link", "set", "eth0", "up");
            await Ip("-n", Host(host), "link", "set", "lo", "up");
            await Ip("-n", Switch, "link", "set", Port(host), "up");
        }
        await HealAsync();
    }

    private async Task AddNamesAsync(int host)
    {
        _names = await NameServer.StartAsync(
            $"/run/netns/{Host(host)}", new IPEndPoint(IPAddress.Parse(AddressOf(host)), NameServer.Port));
        // What is in this folder lies over /etc for programs that `ip netns exec` starts.
        foreach (int other in Enumerable.Range(0, host))
        {
            Directory.CreateDirectory(FilesOf(Host(other)));
            await File.WriteAllTextAsync(
                Path.Combine(FilesOf(Host(other)), "resolv.conf"), $"nameserver {AddressOf(host)}\n");
        }
    }

    private void DeleteFiles()
    {
        foreach (string folder in _namespaces.Select(FilesOf).Where(Directory.Exists))
            Directory.Delete(folder, recursive: true);
    }

    private static string FilesOf(string name) => $"/etc/netns/{name}";

    private async Task AddAsync(string name)
    {
        await Ip("netns", "add", name);
        _namespaces.Add(name);
    }

    private async Task PlugAsync(IEnumerable<int> hosts, string half)
    {
        foreach (int host in hosts) await Ip("-n", Switch, "link", "set", Port(host), "master", half);
    }

    private string Host(int host) => $"{_prefix}host-{host}";

    private static string Port(int host) => $"port-{host}";

    private static async Task Ip(params string[] words) =>
        await OsProcess.RunAsync(OsProcess.Start("ip", words), Timeout);
}
