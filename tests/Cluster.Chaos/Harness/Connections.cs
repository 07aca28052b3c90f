using System.ComponentModel;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Starling.Cluster.Chaos.Strangers;

namespace Starling.Cluster.Chaos.Harness;

/// <summary>Resets TCP connections between processes, which go on (<c>ss -K</c> of iproute2, as root).</summary>
internal static partial class Connections
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    /// <summary>Returns why connections cannot be reset here; null if they can.</summary>
    public static async Task<string?> UnavailableAsync()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        using TcpClient client = new();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using TcpClient server = await listener.AcceptTcpClientAsync();
        try
        {
            await ResetAsync(new Connection(client.Client.LocalEndPoint!.ToString()!,
                client.Client.RemoteEndPoint!.ToString()!, 0, 0));
            using CancellationTokenSource limit = new(TimeSpan.FromSeconds(2));
            await server.GetStream().ReadExactlyAsync(new byte[1], limit.Token);
            return "ss -K resets nothing";
        }
        catch (OperationCanceledException)
        {
            return "ss -K resets no connection here: it needs root, and a kernel with CONFIG_INET_DIAG_DESTROY";
        }
        catch (Exception e) when (e is IOException)
        {
            return null;
        }
        catch (Exception e) when (e is ChaosException or Win32Exception)
        {
            return $"no ss to reset connections with (it is in iproute2): {e.Message.ReplaceLineEndings(" ")}";
        }
    }

    /// <summary>Returns the connections between some processes, each once.</summary>
    public static async Task<IReadOnlyList<Connection>> BetweenAsync(IReadOnlyCollection<int> processes)
    {
        Dictionary<string, (string Peer, int Process)> ends = [];
        foreach (string line in await OsProcess.RunAsync(
            OsProcess.Start("ss", "-tnpH", "state", "established"), Timeout))
        {
            Match match = EndPattern().Match(line);
            if (!match.Success) continue;
            int process = int.Parse(match.Groups[3].ValueSpan, CultureInfo.InvariantCulture);
            if (processes.Contains(process)) ends[match.Groups[1].Value] = (match.Groups[2].Value, process);
        }
        return [.. ends.Where(end => ends.TryGetValue(end.Value.Peer, out var other) &&
                other.Process != end.Value.Process && string.CompareOrdinal(end.Key, end.Value.Peer) < 0)
            .Select(end => new Connection(end.Key, end.Value.Peer, end.Value.Process, ends[end.Value.Peer].Process))
            .OrderBy(c => c.From, StringComparer.Ordinal)];
    }

    /// <summary>Returns those connections that one process has opened to others.</summary>
    public static IReadOnlyList<Connection> OpenedBy(int process, IEnumerable<Connection> connections)
    {
        // Who accepted a connection has the port on which it listens, and who opened it a port of the moment.
        HashSet<int> listening = [.. ListeningPorts.All().Select(l => l.Port)];
        return [.. connections.Where(c => (c.FromProcess == process && Opened(c.From)) ||
            (c.ToProcess == process && Opened(c.To)))];

        bool Opened(string end) => !listening.Contains(IPEndPoint.Parse(end).Port);
    }

    /// <summary>Resets connections, all as nearly at once as may be.</summary>
    public static async Task ResetAsync(params IReadOnlyList<Connection> connections)
    {
        foreach (Connection[] some in connections.Chunk(16))
        {
            string[] filter = [.. some.SelectMany((c, i) => (string[])
                [.. i == 0 ? (string[])[] : ["or"], "(", "src", c.From, "and", "dst", c.To, ")"])];
            await OsProcess.RunAsync(OsProcess.Start("ss", ["-K", "-tn", .. filter]), Timeout);
        }
    }

    [GeneratedRegex(@"(\S+:\d+)\s+(\S+:\d+)\s+users:\(\(.*?pid=(\d+)")]
    private static partial Regex EndPattern();
}

/// <summary>A TCP connection between two processes.</summary>
/// <param name="From">Address and port of one end.</param>
/// <param name="To">Address and port of the other end.</param>
/// <param name="FromProcess">The process of the first end.</param>
/// <param name="ToProcess">The process of the other end.</param>
internal sealed record Connection(string From, string To, int FromProcess, int ToProcess);
