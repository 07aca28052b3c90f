using System.Text;
using Starling.Data;

namespace Starling.Actors.LocalCluster;

/// <summary>Names the socket on which a running <c>starling cluster</c> takes orders.</summary>
internal static class ControlPath
{
    private const int LongestPath = 100; // bytes; operating systems allow 104 to 108 for the path of a socket

    /// <summary>
    /// Returns a path in the run's folder. If that path is too long for a socket, the socket is in the folder of
    /// temporary files.
    /// </summary>
    public static string Of(string runFolder)
    {
        string folder = Path.GetFullPath(runFolder), path = Path.Combine(folder, "cluster.sock");
        return Encoding.UTF8.GetByteCount(path) <= LongestPath ? path : Path.Combine(Path.GetTempPath(),
            $"starling-{Sha256.HexOf(folder)[..16]}.sock");
    }
}
