using System.ComponentModel;
using System.Threading.Channels;
using Starling.Actors.Coordination;
using Starling.Actors.Protocol;
using Starling.Data;

namespace Starling.Actors.LocalCluster;

/// <summary>
/// Manages the processes of a local cluster: starts the members, restarts members that die, and ends all of them with
/// the run. One loop changes the state of the members; other threads post actions to that loop.
/// </summary>
/// <param name="request">The members and the run.</param>
/// <param name="view">Shows what happens.</param>
/// <param name="logs">Keeps the members' output.</param>
/// <param name="start">Starts the process of a member.</param>
/// <param name="time">The clock of all waits.</param>
internal sealed class ClusterManager(
    ClusterRequest request, IClusterView view, MemberLogs logs, MemberStart start, TimeProvider time)
{
    /// <summary>
    /// How long a run that was asked to stop may take for its step and its checkpoint before the members are killed.
    /// </summary>
    internal static readonly TimeSpan StopTimeout = TimeSpan.FromMinutes(5);

    /// <summary>How long the members may take to end after the run is over before they are killed.</summary>
    internal static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(40);

    /// <summary>
    /// How many times in a row a member may die while no member has ever become ready. Then the cluster gives up: its
    /// members would only go on dying.
    /// </summary>
    internal const int FruitlessStarts = 5;

    private static readonly TimeSpan StopRepeatInterval = TimeSpan.FromSeconds(1);

    private readonly Channel<Action> _inbox = Channel.CreateUnbounded<Action>(new() { SingleReader = true });
    private readonly List<Member> _members = [.. request.Members().Select(plan => new Member(plan))];
    private readonly CancellationTokenSource _end = new();
    private RunOutcome? _outcome;
    private bool _allWereReady;
    private string? _mistake;
    private bool _stopping;

    private bool IsEnding => _outcome is not null || _mistake is not null;

    /// <summary>Runs the cluster until the run is over and no member runs any more.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="StarlingException">
    /// A member ended because of a mistake of the user, which the message names.
    /// </exception>
    public async Task<int> RunAsync()
    {
        try
        {
            StartWaiting();
            while (_members.Any(m => m.Runs) || (!IsEnding && _members.Any(m => m.State == MemberState.Waiting)))
                (await _inbox.Reader.ReadAsync())();
        }
        finally
        {
            await _end.CancelAsync();
            _inbox.Writer.TryComplete();
            // The channel completes only when it is empty. Then callers of Ask stop waiting for an answer.
            while (_inbox.Reader.TryRead(out _)) { }
            foreach (Member member in _members) member.Child?.Kill(); // none runs, unless the loop above threw
        }
        if (_mistake is { } mistake) throw new StarlingException(mistake);
        return _outcome switch
        {
            RunOutcome.Rejected => ExitCodes.UserError,
            RunOutcome.Failed => ExitCodes.Fault,
            _ => ExitCodes.Success,
        };
    }

    /// <summary>Asks the run to end with a checkpoint.</summary>
    public void Stop() => Post(() =>
    {
        if (_stopping || IsEnding) return;
        _stopping = true;
        if (!Seeds(null).Any())
        {
            End(RunOutcome.Stopped); // no member is ready, so no step is under way
            return;
        }
        view.Note("stopping after this step (Ctrl-C again ends at once); the same command goes on from there");
        TellSupervisorsToStop();
        After(StopTimeout, KillAll);
    });

    /// <summary>
    /// Carries out an order of another process and returns the answer; see <see cref="ControlClient"/>.
    /// </summary>
    public Task<string> OrderAsync(string order) => Ask(() => order.Split(' ') switch
    {
        ["kill", var name] => OnRunning(name, member => Kill(member, stayDown: false)),
        ["kill", var name, "stay-down"] => OnRunning(name, member => Kill(member, stayDown: true)),
        ["stop", var name] => OnRunning(name, Leave),
        ["add", var kind] => Add(kind),
        ["node"] => Seeds(null).FirstOrDefault() is { } address ? $"ok {address}" : "error no member is ready yet",
        _ => $"error unknown order: {order}",
    });

    /// <summary>
    /// Returns a line for each process, and the address of a node that can be asked; null if no node is ready.
    /// </summary>
    public Task<(IReadOnlyList<string> Processes, string? Node)> LookAsync() =>
        Ask<(IReadOnlyList<string>, string?)>(() => (
            [.. _members.Select(m =>
                FormattableString.Invariant($"{m.Plan.Name,-14} {m.State.Named(),-9}") +
                (m.Child is { } child ? FormattableString.Invariant($" pid {child.Id}, start {m.Starts}") : ""))],
            Seeds(null).FirstOrDefault()));

    /// <summary>
    /// Starts the members that can be started. A supervisor begins the cluster if no supervisor runs; all other members
    /// join the members that are ready.
    /// </summary>
    private void StartWaiting()
    {
        foreach (Member member in _members.Where(m => m.State == MemberState.Waiting && m.RestartAfter is null))
        {
            string[] seeds = [.. Seeds(member)];
            // Two supervisors that each begin a cluster would never find each other.
            bool mayBegin = member.Plan.Kind == NodeRole.Supervisor &&
                !_members.Any(m => m.Plan.Kind == NodeRole.Supervisor && m.Runs);
            if (!IsEnding && (seeds.Length > 0 || mayBegin)) Start(member, seeds);
        }
    }

    /// <summary>Returns the addresses of ready members, supervisors first because they live longest.</summary>
    private IEnumerable<string> Seeds(Member? besides) => _members
        .Where(m => m != besides && m.State == MemberState.Ready)
        .OrderBy(m => m.Plan.Kind == NodeRole.Supervisor ? 0 : 1)
        .Select(m => m.Address!);

    private void Start(Member member, string[] seeds)
    {
        string name = member.Plan.Name;
        List<string> arguments =
        [
            "node", "--managed", "--name", name, "--roles", string.Join(',', member.Plan.Roles),
            "--host", "127.0.0.1", "--port", "0", "--config", request.ConfigurationFile, "--run", request.RunFolder,
        ];
        if (seeds.Length > 0)
            arguments.AddRange(["--seed", string.Join(',', seeds.Select(s => s[(s.IndexOf('@') + 1)..]))]);
        foreach (string setting in request.Overrides) arguments.AddRange(["--set", setting]);
        member.State = MemberState.Starting;
        member.StartedAt = time.GetTimestamp();
        member.Starts++;
        try
        {
            member.Child = start(arguments, line => OnOutput(member, line), line => OnError(member, line));
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            view.Note($"the process of {name} cannot be started: {e.Message}");
            RestartLater(member, ExitCodes.Fault);
            return;
        }
        _ = WhenExitedAsync(member, member.Child);
    }

    private async Task WhenExitedAsync(Member member, IMemberProcess child)
    {
        int code = await child.Exited;
        Post(() => OnExited(member, code));
    }

    private void OnOutput(Member member, string line)
    {
        logs.Write(member.Plan.Name, line);
        if (NodeLines.TryReadReady(line) is { } ready) Post(() => OnReady(member, ready.Address, ready.Metrics));
        if (NodeLines.TryReadOver(line) is { } outcome) Post(() => OnRunOver(outcome));
    }

    private void OnError(Member member, string line)
    {
        logs.Write(member.Plan.Name, line);
        view.Note($"{member.Plan.Name}: {line}");
        Post(() => member.LastError = line);
    }

    private void OnReady(Member member, string address, string metrics)
    {
        view.Note($"{member.Plan.Name} is a member: process {member.Child?.Id}, {address}, metrics at {metrics}");
        if (member.State == MemberState.Starting) member.State = MemberState.Ready;
        member.WasReady = true;
        _allWereReady |= _members.All(m => m.WasReady);
        member.Address = address;
        StartWaiting();
    }

    private void OnRunOver(RunOutcome outcome)
    {
        if (IsEnding) return;
        _outcome = outcome;
        view.Note($"the run is over: {outcome.Named()}");
        // A member that has not joined yet would look for nodes that are gone: nobody tells it that the run is over.
        foreach (Member member in _members.Where(m => m.State == MemberState.Starting))
            member.Child?.Tell(NodeLines.Leave);
        After(EndTimeout, KillAll);
    }

    /// <summary>Ends the run and tells the members to leave. They do not know that the run is over.</summary>
    private void End(RunOutcome outcome)
    {
        OnRunOver(outcome);
        foreach (Member member in _members) member.Child?.Tell(NodeLines.Leave);
    }

    private void OnExited(Member member, int code)
    {
        member.Child?.Dispose();
        member.Child = null;
        member.Address = null;
        bool asked = member.State == MemberState.Leaving || member.StayDown;
        if (IsEnding || asked || code == ExitCodes.Success)
        {
            member.State = MemberState.Ended;
            if (!IsEnding) view.Note($"{member.Plan.Name} has ended (exit code {code})");
            return;
        }
        if (_stopping && !Seeds(null).Any()) End(RunOutcome.Stopped);
        if (IsEnding) member.State = MemberState.Ended;
        else if (code == ExitCodes.UserError) OnMistake(member);
        else RestartLater(member, code);
    }

    /// <summary>
    /// Goes on without a member that ended because of a mistake of the user: it would end the same way after a restart.
    /// While the cluster is being started, the mistake is told at once by ending everything: the configuration is that
    /// of all members. Later it concerns this member alone, unless no other can do its work.
    /// </summary>
    private void OnMistake(Member member)
    {
        member.State = MemberState.Ended;
        const string prefix = "starling: error: ";
        string reason = member.LastError ?? "it did not say why";
        string mistake = reason.StartsWith(prefix, StringComparison.Ordinal) ? reason[prefix.Length..] : reason;
        if (_allWereReady && CanGoOn())
        {
            view.Note($"{member.Plan.Name} has ended, and the others go on without it: {mistake}");
            return;
        }
        _mistake = $"{member.Plan.Name}: {mistake}";
        foreach (Member other in _members) other.Child?.Tell(NodeLines.Leave);
        After(EndTimeout, KillAll);
    }

    /// <summary>Whether there is a member, or there will be one again, for everything that training needs.</summary>
    private bool CanGoOn() => ((string[])[NodeRole.Supervisor, NodeRole.Loader, NodeRole.Trainer]).All(role =>
        _members.Any(m => m.Plan.Roles.Contains(role) && (m.Runs || m.State == MemberState.Waiting)));

    private void RestartLater(Member member, int code)
    {
        bool shortLife = time.GetElapsedTime(member.StartedAt) < Backoff.LongEnough;
        member.ShortLives = shortLife ? member.ShortLives + 1 : 1;
        if (!_members.Any(m => m.WasReady) && member.ShortLives == FruitlessStarts)
        {
            member.State = MemberState.Ended;
            view.Note($"{member.Plan.Name} died {FruitlessStarts} times before anybody was a member");
            End(RunOutcome.Failed);
            return;
        }
        TimeSpan wait = Backoff.After(member.ShortLives);
        view.Note(FormattableString.Invariant(
            $"{member.Plan.Name} died (exit code {code}) and is started again in {wait.TotalSeconds:0.##} s"));
        member.State = MemberState.Waiting;
        member.RestartAfter = wait;
        After(wait, () =>
        {
            member.RestartAfter = null;
            StartWaiting();
        });
    }

    private string OnRunning(string name, Func<Member, string> order) =>
        _members.Find(m => m.Plan.Name == name) is not { } member
            ? $"error there is no member {name}; there are {string.Join(", ", _members.Select(m => m.Plan.Name))}"
            : !member.Runs ? $"error {name} does not run at present" : order(member);

    private static string Kill(Member member, bool stayDown)
    {
        member.StayDown = stayDown;
        member.Child!.Kill();
        return $"ok {member.Plan.Name} was killed" + (stayDown ? " and stays down" : " and will be started again");
    }

    private static string Leave(Member member)
    {
        member.State = MemberState.Leaving;
        member.Child!.Tell(NodeLines.Leave);
        return $"ok {member.Plan.Name} was asked to leave";
    }

    private string Add(string kind)
    {
        if (IsEnding || _stopping) return "error the run is ending";
        if (!NodeRole.All.Contains(kind)) return $"error {kind} is no role: {string.Join(", ", NodeRole.All)}";
        if (kind == NodeRole.Trainer && request.WhyNoMoreTrainers is { } why &&
            _members.Exists(m => m.Plan.Kind == kind && m.State != MemberState.Ended)) return $"error {why}";
        int number = 1;
        while (_members.Exists(m => m.Plan.Name == MemberPlan.Of(kind, number, request).Name)) number++;
        Member member = new(MemberPlan.Of(kind, number, request));
        _members.Add(member);
        StartWaiting();
        return $"ok {member.Plan.Name} " + (member.Runs ? "is started" : "is added, but cannot be started yet");
    }

    private void TellSupervisorsToStop()
    {
        if (IsEnding) return;
        Member[] supervisors = [.. _members.Where(m => m.Runs && m.Plan.Kind == NodeRole.Supervisor)];
        foreach (Member supervisor in supervisors) supervisor.Child!.Tell(NodeLines.Stop);
        // Repeated until the run is over: a supervisor that takes over in between does not know of the order.
        After(StopRepeatInterval, TellSupervisorsToStop);
    }

    private void KillAll()
    {
        foreach (Member member in _members.Where(m => m.Runs))
        {
            view.Note($"{member.Plan.Name} does not end and is killed");
            member.StayDown = true;
            member.Child!.Kill();
        }
    }

    private void Post(Action action) => _inbox.Writer.TryWrite(action);

    private async Task<T> Ask<T>(Func<T> question)
    {
        TaskCompletionSource<T> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() => answer.SetResult(question()));
        await Task.WhenAny(answer.Task, _inbox.Reader.Completion);
        return answer.Task.IsCompleted ? await answer.Task : throw new OperationCanceledException();
    }

    private void After(TimeSpan wait, Action action) => _ = AfterAsync(wait, action);

    private async Task AfterAsync(TimeSpan wait, Action action)
    {
        try
        {
            await Task.Delay(wait, time, _end.Token);
            Post(action);
        }
        catch (OperationCanceledException)
        {
            // The cluster has ended.
        }
    }
}
