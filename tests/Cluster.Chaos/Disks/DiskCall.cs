using System.Text.RegularExpressions;

namespace Starling.Cluster.Chaos.Disks;

/// <summary>A call by which a run changed its folder.</summary>
/// <param name="Thread">The thread that made it.</param>
/// <param name="Name">fsync, rename, pwrite64 or close.</param>
/// <param name="Path">The file or folder; of a rename, the old name.</param>
/// <param name="Number">Which of the thread's calls of that name it was, from 1.</param>
internal sealed partial record DiskCall(int Thread, string Name, string Path, int Number)
{
    /// <summary>Reads what <c>strace -f -y</c> wrote.</summary>
    public static IReadOnlyList<DiskCall> Read(string trace)
    {
        Dictionary<(int, string), int> counts = [];
        List<DiskCall> calls = [];
        foreach (Match match in File.ReadLines(trace).Select(line => Call().Match(line)).Where(m => m.Success))
        {
            int thread = int.Parse(match.Groups["thread"].ValueSpan);
            string name = match.Groups["name"].Value;
            int number = counts[(thread, name)] = counts.GetValueOrDefault((thread, name)) + 1;
            calls.Add(new DiskCall(thread, name, match.Groups["path"].Value, number));
        }
        return calls;
    }

    [GeneratedRegex(
        """^(?<thread>\d+)\s+(?<name>fsync|rename|pwrite64|close)\((\d+<(?<path>[^>]*)>|"(?<path>[^"]*)")?""")]
    private static partial Regex Call();
}
