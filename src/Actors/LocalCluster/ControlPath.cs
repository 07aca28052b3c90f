using System.Text;
using Starling.Actors.Clustering;
using Starling.Data;
using Starling.Model.Files;

namespace Starling.Actors.LocalCluster;

/// <summary>
/// Names the socket on which a running <c>starling cluster</c> takes orders. It is in a folder that only the cluster's
/// user can open, so nobody else gives orders, and a client talks to nobody else.
/// </summary>
internal static class ControlPath
{
    private const int LongestPath = 100; // bytes; operating systems allow 104 to 108 for the path of a socket

    /// <summary>
    /// Returns the socket's path in the run's folder. If that path is too long for a socket, the socket is in a folder
    /// of this user's own beside the temporary files.
    /// </summary>
    public static string Of(string runFolder)
    {
        string folder = Path.GetFullPath(runFolder);
        string path = Path.Combine(ClusterKey.FolderOf(folder), "control.sock");
        return Encoding.UTF8.GetByteCount(path) <= LongestPath ? path : Path.Combine(Path.GetTempPath(),
            $"starling-{Environment.UserName}", $"{Sha256.HexOf(folder)[..16]}.sock");
    }

    /// <summary>Makes the socket's folder.</summary>
    /// <exception cref="StarlingException">The folder cannot be made, or another user made it.</exception>
    public static void MakeFolder(string path) => PrivateFolder.Make(Path.GetDirectoryName(path)!);

    /// <summary>Checks that nobody else made the socket.</summary>
    /// <exception cref="StarlingException">Another user can open the socket's folder, or made it.</exception>
    public static void CheckFolder(string path)
    {
        string folder = Path.GetDirectoryName(path)!;
        if (Directory.Exists(folder)) PrivateFolder.Check(folder);
    }
}
