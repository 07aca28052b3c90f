using System.Globalization;

namespace Starling.Cluster.Chaos.Strangers;

/// <summary>
/// Who listens where on this machine, as <c>ss -tlnp</c> shows it. The tables of Linux are read directly: a port of the
/// trainers' exchange is gone before another program has started.
/// </summary>
internal static class ListeningPorts
{
    private const int Local = 1, State = 3, Inode = 9; // columns
    private const string Listens = "0A";

    /// <summary>Returns all ports on which somebody listens (IPv4), each with the number of its socket.</summary>
    public static IReadOnlyList<(int Port, string Socket)> All()
    {
        List<(int, string)> ports = [];
        // The sockets that listen come first.
        foreach (string line in File.ReadLines("/proc/net/tcp").Skip(1))
        {
            string[] columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (columns[State] != Listens) break;
            ports.Add((int.Parse(columns[Local].AsSpan(columns[Local].IndexOf(':') + 1), NumberStyles.HexNumber,
                CultureInfo.InvariantCulture), columns[Inode]));
        }
        return ports;
    }

    /// <summary>Whether a process has a socket.</summary>
    public static bool Owns(int process, string socket)
    {
        try
        {
            return Directory.EnumerateFiles($"/proc/{process}/fd")
                .Any(file => File.ResolveLinkTarget(file, returnFinalTarget: false)?.Name == $"socket:[{socket}]");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // the process has ended, or closed a file meanwhile
        }
    }
}
