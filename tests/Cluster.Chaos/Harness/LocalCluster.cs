using System.Globalization;
using System.Text.RegularExpressions;

namespace Starling.Cluster.Chaos.Harness;

/// <summary>A <c>starling cluster</c> and the processes of its members.</summary>
internal sealed partial class LocalCluster : IAsyncDisposable
{
    public static readonly TimeSpan Timeout = TimeSpan.FromMinutes(3);
    private readonly OsProcess _manager;
    private readonly ClusterPlan _plan;

    private LocalCluster(OsProcess manager, ClusterPlan plan, string run)
    {
        (_manager, _plan, Run) = (manager, plan, run);
        EventLog = new EventLogReader(Path.Combine(run, "events.jsonl"));
    }

    /// <summary>The run's folder.</summary>
    public string Run { get; }

    /// <summary>What the supervisors wrote down.</summary>
    public EventLogReader EventLog { get; }

    /// <summary>The last committed step.</summary>
    public long Step => EventLog.Read().LastOrDefault(e => e.Event == "committed")?.Step ?? 0;

    /// <summary>The members there have been, in the order they came: one a start.</summary>
    public IReadOnlyList<Member> History => MembersIn(_manager.Lines);

    /// <summary>The members that run now, by name.</summary>
    public IReadOnlyList<Member> Members =>
        [.. History.GroupBy(m => m.Name).Select(g => g.Last()).Where(m => Signals.IsRunning(m.Process))
            .OrderBy(m => m.Name, StringComparer.Ordinal)];

    /// <summary>The hosts of the generation that makes steps now; empty while one is formed.</summary>
    public IReadOnlyList<string> Hosts
    {
        get
        {
            IReadOnlyList<Entry> entries = EventLog.Read();
            return entries.LastOrDefault(e => e.Event == "phase") is { } phase &&
                phase.Fields.GetProperty("phase").GetString() == "running" ? EventLog.HostsOf(phase.Generation) : [];
        }
    }

    /// <summary>What the manager said so far.</summary>
    public IReadOnlyList<string> Lines => _manager.Lines;

    /// <summary>Starts one.</summary>
    public static LocalCluster Start(ClusterPlan plan, string run, RunSettings settings) => new(OsProcess.Starling(
        ["cluster", .. plan.Arguments, "--config", settings.File, "--run", run, "--set", .. settings.Overrides]), plan,
        run);

    /// <summary>Waits until as many trainers make steps.</summary>
    public async Task<Entry> RunningAsync(int hosts, int from = 0) => await EventLog.WaitAsync(
        e => e.Event == "committed" && EventLog.HostsOf(e.Generation).Count == hosts, Timeout,
        $"a step of {hosts} trainers", from);

    /// <summary>Waits until all members of the plan are there and the trainers among them make steps.</summary>
    public async Task CompleteAsync()
    {
        await _manager.FindAsync(
            lines => MembersIn(lines).DistinctBy(m => m.Name).Count() == _plan.Count ? lines : null, Timeout);
        await RunningAsync(_plan.Trainers);
    }

    /// <summary>Waits until a member is there that is not the process it was.</summary>
    public Task<Member> MemberAsync(string name, int besides = 0) => _manager.FindAsync(lines =>
        MembersIn(lines).LastOrDefault(m => m.Name == name) is { } last && last.Process != besides ? last : null,
        Timeout);

    /// <summary>Waits for a line of the manager's output.</summary>
    public Task<string> LineAsync(Predicate<string> wanted) => _manager.LineAsync(wanted, Timeout);

    /// <summary>Gives an order from another process, as a user would.</summary>
    public async Task<string> OrderAsync(params string[] order) => (await OsProcess.RunAsync(
        OsProcess.Starling(["cluster", .. order, "--run", Run]), Timeout))[^1];

    /// <summary>Asks the run to stop, and waits for its end.</summary>
    /// <param name="signal">Not Ctrl-C's by default: whatever was started in the background ignores that.</param>
    public Task<int> StopAsync(int signal = Signals.Terminate)
    {
        Signals.Send(_manager.Id, signal);
        return EndAsync(Timeout);
    }

    /// <summary>Waits for the run's end.</summary>
    public Task<int> EndAsync(TimeSpan timeout) => _manager.ExitAsync(timeout);

    /// <summary>Kills the manager; gives its exit code.</summary>
    public Task<int> KillManagerAsync()
    {
        Signals.Send(_manager.Id, Signals.Kill);
        return EndAsync(Timeout);
    }

    /// <summary>Waits until no member that there ever was runs any more.</summary>
    public Task MembersGoneAsync() => Poll.UntilAsync(
        () => Members.Count == 0, Timeout, () => $"the end of {string.Join(", ", Members.Select(m => m.Name))}");

    /// <summary>Processes, sockets and temporary files that outlived the run.</summary>
    public IReadOnlyList<string> Leftovers() =>
    [
        .. History.Where(m => Signals.IsRunning(m.Process)).Select(m => $"process {m.Process} of {m.Name}"),
        .. Directory.EnumerateFileSystemEntries(Run, "*", SearchOption.AllDirectories).Where(path =>
            path.EndsWith(".sock", StringComparison.Ordinal) || path.EndsWith(".new", StringComparison.Ordinal) ||
            Path.GetFileName(path).StartsWith(".tmp", StringComparison.Ordinal)),
    ];

    /// <summary>Ends everything that was started; members do not outlive their manager.</summary>
    public async ValueTask DisposeAsync()
    {
        IReadOnlyList<Member> members = Members;
        await _manager.DisposeAsync();
        foreach (Member member in members) Signals.Send(member.Process, Signals.Continue); // or it does not see that
        try
        {
            await MembersGoneAsync();
        }
        finally
        {
            foreach (Member member in members.Where(m => Signals.IsRunning(m.Process)))
                Signals.Send(member.Process, Signals.Kill);
        }
    }

    private static Member[] MembersIn(IReadOnlyList<string> lines) =>
        [.. lines.Select(line => MemberPattern().Match(line)).Where(m => m.Success).Select(m => new Member(
            m.Groups[1].Value, int.Parse(m.Groups[2].ValueSpan, CultureInfo.InvariantCulture), m.Groups[3].Value,
            new Uri(m.Groups[4].Value)))];

    [GeneratedRegex(@"^(\S+) is a member: process (\d+), (\S+), metrics at (\S+)$")]
    private static partial Regex MemberPattern();
}
