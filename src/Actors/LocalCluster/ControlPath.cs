using System.Text;
using Starling.Data;

namespace Starling.Actors.LocalCluster;

/// <summary>Where a running <c>starling cluster</c> takes orders.</summary>
internal static class ControlPath
{
    private const int Longest = 100; // of a socket's name, in bytes; the system's own limit is 104 to 108

    /// <summary>A socket in the run's folder; beside the temporary files if its path would be too long.</summary>
    public static string Of(string runFolder)
    {
        string folder = Path.GetFullPath(runFolder), path = Path.Combine(folder, "cluster.sock");
        return Encoding.UTF8.GetByteCount(path) <= Longest ? path : Path.Combine(Path.GetTempPath(),
            $"starling-{Sha256.HexOf(folder)[..16]}.sock");
    }
}
