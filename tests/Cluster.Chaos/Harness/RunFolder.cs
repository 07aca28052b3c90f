using System.Globalization;

namespace Starling.Cluster.Chaos.Harness;

/// <summary>What lies in a run's folder.</summary>
internal static class RunFolder
{
    /// <summary>Step of the newest checkpoint; 0 for none.</summary>
    public static long Stored(string run) => Directory.EnumerateDirectories(Path.Combine(run, "checkpoints"))
        .Max(path => long.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out long step) ? step : 0);
}
