using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Starling.Actors.Tests.Processes;
using Starling.Actors.Tests.Support;

namespace Starling.Cluster.Tests.Nodes;

/// <summary>A <c>starling cluster</c> on the tiny run, and the processes of its members.</summary>
internal sealed partial class ClusterProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2), Moment = TimeSpan.FromMilliseconds(50);

    private readonly string _run;

    private ClusterProcess(StarlingProcess process, string run) => (Process, _run) = (process, run);

    public StarlingProcess Process { get; }

    /// <summary>Processes of all members that there have been.</summary>
    public IEnumerable<int> Members => Process.Output.Select(line => MemberPattern().Match(line))
        .Where(m => m.Success).Select(m => int.Parse(m.Groups[2].ValueSpan, CultureInfo.InvariantCulture));

    /// <summary>Starts one with settings that end it soon, unless others are given.</summary>
    public static ClusterProcess Start(TinyAssets assets, string run, string[] members, params string[] settings) =>
        new(StarlingProcess.Start(["cluster", .. members, "--config", "configs/tiny.json", "--run", run, "--set",
            .. NodeSettings.Of(assets), .. settings]), run);

    /// <summary>Waits until a member is ready; gives its process and address.</summary>
    /// <param name="name">The member.</param>
    /// <param name="besides">A process that it was before.</param>
    public async Task<(int Process, string Address)> MemberAsync(string name, int besides = 0)
    {
        Match found = Match.Empty;
        await Process.LineAsync(line => (found = MemberPattern().Match(line)).Success &&
            found.Groups[1].Value == name && found.Groups[2].Value != $"{besides}");
        return (int.Parse(found.Groups[2].ValueSpan, CultureInfo.InvariantCulture), found.Groups[3].Value);
    }

    /// <summary>Waits until a step has been committed.</summary>
    public Task StepAsync(long step) => Process.LineAsync(line => StepPattern().Match(line) is { Success: true } m &&
        long.Parse(m.Groups[1].ValueSpan, CultureInfo.InvariantCulture) >= step);

    /// <summary>Gives an order from another process.</summary>
    public async Task<string> OrderAsync(params string[] order)
    {
        (int exitCode, IReadOnlyList<string> output, IReadOnlyList<string> errors) =
            await StarlingProcess.RunAsync(["cluster", .. order, "--run", _run]);
        return exitCode == 0 ? output[^1] : errors[^1];
    }

    /// <summary>No member runs any more, and nothing of the cluster is left but the run.</summary>
    public async Task AssertGoneAsync()
    {
        foreach (int member in Members) await GoneAsync(member);
        Assert.False(File.Exists(Path.Combine(_run, "cluster.sock")));
    }

    /// <summary>Waits for a process's end.</summary>
    public static async Task GoneAsync(int process)
    {
        using CancellationTokenSource patience = new(Patience);
        while (IsThere(process)) await Task.Delay(Moment, patience.Token);
    }

    public void Dispose()
    {
        Process.Dispose();
        foreach (int member in Members.Where(IsThere)) KillIfThere(member);
    }

    private static bool IsThere(int process)
    {
        try
        {
            using Process found = System.Diagnostics.Process.GetProcessById(process);
            return !found.HasExited && found.ProcessName.Contains("dotnet", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    private static void KillIfThere(int process)
    {
        try
        {
            using Process found = System.Diagnostics.Process.GetProcessById(process);
            found.Kill();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            // It has just ended.
        }
    }

    [GeneratedRegex(@"^(\S+) is a member: process (\d+), (\S+), ")]
    private static partial Regex MemberPattern();

    [GeneratedRegex(@"^step (\d+)/\d+ ")]
    private static partial Regex StepPattern();
}
