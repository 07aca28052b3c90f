using Starling.Cluster.Chaos.Harness;

namespace Starling.Cluster.Chaos.Disks;

/// <summary>
/// Has all reads of a file by running processes fail or take long for a while, below .NET. strace attaches to the
/// processes and lets them go again.
/// </summary>
internal static class ReadFault
{
    private const string Calls = "pread64,preadv,read";

    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    /// <summary>Has reads fail with an I/O error.</summary>
    public static Task<int> FailAsync(IReadOnlyList<int> processes, string file, TimeSpan time) =>
        InjectAsync(processes, file, time, "error=EIO");

    /// <summary>Has each read take some milliseconds longer.</summary>
    public static Task<int> SlowAsync(IReadOnlyList<int> processes, string file, TimeSpan time, int milliseconds) =>
        InjectAsync(processes, file, time, $"delay_enter={1000 * milliseconds}");

    /// <returns>The number of reads that were disturbed.</returns>
    private static async Task<int> InjectAsync(
        IReadOnlyList<int> processes, string file, TimeSpan time, string fault)
    {
        using TemporaryFolder folder = new("starling-strace-");
        string trace = Path.Combine(folder.Path, "trace");
        await using (OsProcess strace = OsProcess.Start("strace",
            ["-f", "-o", trace, "-e", $"trace={Calls}", "-e", $"inject={Calls}:{fault}", "-P", file,
                .. processes.SelectMany(p => (string[])["-p", $"{p}"])]))
        {
            await Task.WhenAny(strace.Exited, Task.Delay(time));
            if (strace.Exited.IsCompleted) throw new ChaosException(string.Join('\n', strace.Lines));
            Signals.Send(strace.Id, Signals.Interrupt);
            await strace.ExitAsync(Timeout);
        }
        return File.ReadLines(trace).Count(line => line.Contains("(INJECTED)") || line.Contains("(DELAYED)"));
    }
}
