using System.Globalization;

namespace Starling.Cluster.Chaos.Harness;

/// <summary>What a process takes up.</summary>
/// <param name="Megabytes">Resident memory.</param>
/// <param name="Files">Open files and sockets.</param>
/// <param name="Threads">Threads.</param>
internal readonly record struct Footprint(double Megabytes, int Files, int Threads)
{
    public static Footprint Of(int process)
    {
        string[] status = File.ReadAllLines($"/proc/{process}/status");
        return new Footprint(Number(status, "VmRSS:") / 1024.0,
            Directory.GetFileSystemEntries($"/proc/{process}/fd").Length, (int)Number(status, "Threads:"));
    }

    private static long Number(string[] status, string name) => long.Parse(
        status.First(l => l.StartsWith(name, StringComparison.Ordinal)).Split(
            (char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
}
