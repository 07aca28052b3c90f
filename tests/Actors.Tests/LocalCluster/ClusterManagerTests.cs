using System.Collections.Concurrent;
using System.ComponentModel;
using Starling.Actors.Coordination;
using Starling.Actors.LocalCluster;
using Starling.Actors.Protocol;
using Starling.Actors.Tests.Support;
using Starling.Data;

namespace Starling.Actors.Tests.LocalCluster;

/// <summary>The manager's rules, with members that are no processes and a clock that the test moves.</summary>
public sealed class ClusterManagerTests : IAsyncDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestBackoff = Backoff.After(1000);

    private readonly TestFolder _folder = new();
    private readonly ManualTimers _time = new();
    private readonly ConcurrentQueue<FakeMember> _started = [];
    private readonly ClusterLines _view;
    private readonly MemberLogs _logs;
    private readonly ClusterManager _manager;
    private readonly Task<int> _run;
    private volatile bool _noProcess;

    public ClusterManagerTests()
    {
        ClusterRequest request = new(1, 1, 0, 0, _folder.Path, "configs/tiny.json", []);
        _view = new ClusterLines(TextWriter.Null, everySteps: 1);
        _logs = new MemberLogs(_folder["nodes"]);
        _manager = new ClusterManager(request, _view, _logs, Start, _time);
        _run = Task.Run(_manager.RunAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await UntilAsync(() =>
        {
            foreach (FakeMember member in _started) member.Say(NodeLines.Over(RunOutcome.Failed, 0));
            foreach (FakeMember member in _started) member.Kill();
            return _run.IsCompleted;
        });
        await _view.DisposeAsync();
        _logs.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_supervisor_begins_and_the_trainer_joins_it_once_it_is_ready()
    {
        FakeMember supervisor = await StartedAsync(1);
        Assert.Equal("supervisor-1", supervisor.Name);
        Assert.Null(supervisor.Seeds);
        Assert.Single(_started);
        supervisor.SayReady();
        FakeMember trainer = await StartedAsync(2);
        Assert.Equal(("trainer-1", "127.0.0.1:4001"), (trainer.Name, trainer.Seeds));
    }

    [Fact]
    public async Task A_cluster_whose_first_member_only_dies_gives_up()
    {
        for (int start = 1; start <= ClusterManager.FruitlessStarts; start++) await DieAsync(start);
        Assert.Equal(ExitCodes.Fault, await _run.WaitAsync(Timeout));
        Assert.Equal(ClusterManager.FruitlessStarts, _started.Count);
    }

    [Fact]
    public async Task Once_a_member_was_ready_one_that_dies_is_always_started_again()
    {
        (await StartedAsync(1)).SayReady();
        for (int start = 2; start <= 2 * ClusterManager.FruitlessStarts; start++) await DieAsync(start);
        Assert.Equal("trainer-1", (await StartedAsync((2 * ClusterManager.FruitlessStarts) + 1)).Name);
        Assert.False(_run.IsCompleted);
    }

    [Fact]
    public async Task A_member_that_names_a_mistake_of_the_user_ends_the_cluster_with_it()
    {
        FakeMember supervisor = await ReadyAsync(1), trainer = await ReadyAsync(2);
        trainer.Complain("starling: error: the tokenizer is missing");
        trainer.Exit(ExitCodes.UserError);
        await UntilAsync(() => supervisor.Told.Contains(NodeLines.Leave));
        supervisor.Exit(ExitCodes.Success);
        StarlingException e = await Assert.ThrowsAsync<StarlingException>(() => _run.WaitAsync(Timeout));
        Assert.Equal("trainer-1: the tokenizer is missing", e.Message);
    }

    [Fact]
    public async Task Once_all_were_ready_a_member_with_a_mistake_ends_alone_while_another_does_its_work()
    {
        FakeMember supervisor = await ReadyAsync(1);
        await ReadyAsync(2);
        Assert.StartsWith("ok", await _manager.OrderAsync("add trainer"), StringComparison.Ordinal);
        FakeMember added = await StartedAsync(3); // not ready yet: its mistake is not that of the others
        added.Complain("starling: error: seed differs");
        added.Exit(ExitCodes.UserError);
        await UntilAsync(async () => (await _manager.LookAsync()).Processes.Any(
            p => p.StartsWith("trainer-2", StringComparison.Ordinal) && p.Contains("ended")));
        Assert.False(_run.IsCompleted);
        Assert.Empty(supervisor.Told);
        _time.Advance(LongestBackoff);
        await SettleAsync();
        Assert.Equal(3, _started.Count); // it is not started again
    }

    [Fact]
    public async Task A_stop_is_told_to_the_supervisor_until_the_run_is_over()
    {
        FakeMember supervisor = await ReadyAsync(1), trainer = await ReadyAsync(2);
        _manager.Stop();
        for (int told = 1; told <= 3; told++)
        {
            await UntilAsync(() => supervisor.Told.Count == told);
            await SettleAsync();
            _time.Advance(TimeSpan.FromSeconds(1));
        }
        await UntilAsync(() => supervisor.Told.Count == 4);
        Assert.All(supervisor.Told, line => Assert.Equal(NodeLines.Stop, line));
        Assert.Empty(trainer.Told);
        supervisor.Say(NodeLines.Over(RunOutcome.Stopped, 20));
        foreach (FakeMember member in _started) member.Exit(ExitCodes.Success);
        Assert.Equal(ExitCodes.Success, await _run.WaitAsync(Timeout));
    }

    [Fact]
    public async Task Members_that_do_not_obey_a_stop_in_time_are_killed()
    {
        FakeMember supervisor = await ReadyAsync(1), trainer = await ReadyAsync(2);
        _manager.Stop();
        await UntilAsync(() => !supervisor.Told.IsEmpty);
        await SettleAsync();
        _time.Advance(ClusterManager.StopTimeout - TimeSpan.FromSeconds(1));
        await SettleAsync();
        Assert.False(supervisor.WasKilled || trainer.WasKilled);
        _time.Advance(TimeSpan.FromSeconds(1));
        await _run.WaitAsync(Timeout);
        Assert.True(supervisor.WasKilled && trainer.WasKilled);
    }

    [Fact]
    public async Task A_stop_before_any_member_is_ready_ends_at_once()
    {
        FakeMember supervisor = await StartedAsync(1);
        _manager.Stop();
        await UntilAsync(() => supervisor.Told.Contains(NodeLines.Leave));
        supervisor.Exit(ExitCodes.Success);
        Assert.Equal(ExitCodes.Success, await _run.WaitAsync(Timeout));
    }

    [Theory]
    [InlineData(RunOutcome.Completed, ExitCodes.Success)]
    [InlineData(RunOutcome.Rejected, ExitCodes.UserError)]
    [InlineData(RunOutcome.Failed, ExitCodes.Fault)]
    internal async Task Members_that_do_not_end_with_the_run_are_killed(RunOutcome outcome, int code)
    {
        FakeMember supervisor = await ReadyAsync(1), trainer = await ReadyAsync(2);
        supervisor.Say(NodeLines.Over(outcome, 20));
        supervisor.Exit(ExitCodes.Success);
        await SettleAsync();
        Assert.False(trainer.WasKilled);
        _time.Advance(ClusterManager.EndTimeout);
        Assert.Equal(code, await _run.WaitAsync(Timeout));
        Assert.True(trainer.WasKilled);
    }

    [Fact]
    public async Task A_member_that_has_not_joined_when_the_run_is_over_is_told_to_leave()
    {
        FakeMember supervisor = await ReadyAsync(1), trainer = await StartedAsync(2);
        supervisor.Say(NodeLines.Over(RunOutcome.Completed, 20));
        await UntilAsync(() => !trainer.Told.IsEmpty);
        Assert.Equal(NodeLines.Leave, Assert.Single(trainer.Told));
        Assert.Empty(supervisor.Told);
        foreach (FakeMember member in _started) member.Exit(ExitCodes.Success);
        Assert.Equal(ExitCodes.Success, await _run.WaitAsync(Timeout));
    }

    [Fact]
    public async Task Orders_kill_stop_and_add_members()
    {
        await ReadyAsync(1);
        FakeMember trainer = await ReadyAsync(2);
        Assert.Equal("error there is no member trainer-2; there are supervisor-1, trainer-1",
            await _manager.OrderAsync("kill trainer-2"));
        Assert.Equal("error unknown order: jump", await _manager.OrderAsync("jump"));
        Assert.StartsWith("error cook is no role", await _manager.OrderAsync("add cook"), StringComparison.Ordinal);

        Assert.Equal("ok trainer-1 was killed and will be started again",
            await _manager.OrderAsync("kill trainer-1"));
        Assert.True(trainer.WasKilled);
        await StateAsync("trainer-1", MemberState.Waiting);
        _time.Advance(LongestBackoff);
        await StartedAsync(3);

        Assert.Equal("ok trainer-2 is started", await _manager.OrderAsync("add trainer"));
        FakeMember added = await ReadyAsync(4);
        Assert.Equal("ok trainer-2 was asked to leave", await _manager.OrderAsync("stop trainer-2"));
        Assert.Equal(NodeLines.Leave, Assert.Single(added.Told));

        Assert.Equal("ok trainer-1 was killed and stays down",
            await _manager.OrderAsync("kill trainer-1 stay-down"));
        await StateAsync("trainer-1", MemberState.Ended);
        Assert.Equal("error trainer-1 does not run at present", await _manager.OrderAsync("kill trainer-1"));
        _time.Advance(LongestBackoff);
        await SettleAsync();
        Assert.Equal(4, _started.Count);
    }

    [Fact]
    public async Task A_member_is_said_to_be_started_only_if_it_is()
    {
        await StartedAsync(1);
        // No member is ready that it could join.
        Assert.Equal("ok trainer-2 is added, but cannot be started yet", await _manager.OrderAsync("add trainer"));
        Assert.Equal("error no member is ready yet", await _manager.OrderAsync("node"));
        _noProcess = true;
        _started.First().SayReady();
        await SettleAsync();
        Assert.Equal($"ok {_started.First().Address}", await _manager.OrderAsync("node"));
        Assert.Equal("ok loader-1 is added, but cannot be started yet", await _manager.OrderAsync("add loader"));
        _noProcess = false;
        _time.Advance(LongestBackoff); // it is tried again
        await StartedAsync(4);
        Assert.Equal(["loader-1", "supervisor-1", "trainer-1", "trainer-2"], _started.Select(m => m.Name).Order());
    }

    [Fact]
    public async Task An_order_that_comes_while_the_cluster_ends_is_not_left_without_an_answer()
    {
        FakeMember supervisor = await StartedAsync(1);
        TaskCompletionSource<Task<string>> order = new(TaskCreationOptions.RunContinuationsAsynchronously);
        // The manager disposes of the process in its last round, so the order waits behind it.
        supervisor.Disposed = () => order.SetResult(_manager.OrderAsync("add trainer"));
        supervisor.Say(NodeLines.Over(RunOutcome.Completed, 20));
        supervisor.Exit(ExitCodes.Success);
        await _run.WaitAsync(Timeout);
        await Assert.ThrowsAsync<OperationCanceledException>(async () => await (await order.Task).WaitAsync(Timeout));
        await Assert.ThrowsAsync<OperationCanceledException>(() => _manager.LookAsync().WaitAsync(Timeout));
    }

    private FakeMember Start(IEnumerable<string> arguments, Action<string> output, Action<string> error)
    {
        if (_noProcess) throw new Win32Exception(11);
        FakeMember member = new(_started.Count + 1, [.. arguments], output, error);
        _started.Enqueue(member);
        return member;
    }

    /// <summary>The member that was started as the n-th.</summary>
    private async Task<FakeMember> StartedAsync(int number)
    {
        await UntilAsync(() => _started.Count >= number);
        return _started.ElementAt(number - 1);
    }

    private async Task<FakeMember> ReadyAsync(int number)
    {
        FakeMember member = await StartedAsync(number);
        member.SayReady();
        await SettleAsync();
        return member;
    }

    /// <summary>Lets the n-th started member die, and time pass until the next one may start.</summary>
    private async Task DieAsync(int number)
    {
        FakeMember member = await StartedAsync(number);
        member.Exit(1);
        await StateAsync(member.Name, MemberState.Waiting);
        _time.Advance(LongestBackoff);
        await UntilAsync(() => _started.Count > number || _run.IsCompleted);
    }

    /// <summary>Waits until the manager has done everything it was told so far.</summary>
    private async Task SettleAsync() => await _manager.LookAsync().WaitAsync(Timeout);

    /// <summary>Waits until a member is in a state, or the cluster has ended.</summary>
    private async Task StateAsync(string name, MemberState state)
    {
        string expected = FormattableString.Invariant($"{name,-14} {state.Named()}");
        long began = TimeProvider.System.GetTimestamp();
        while (!_run.IsCompleted)
        {
            try
            {
                (IReadOnlyList<string> processes, _) = await _manager.LookAsync().WaitAsync(Timeout);
                if (processes.Any(p => p.StartsWith(expected, StringComparison.Ordinal))) return;
            }
            catch (OperationCanceledException)
            {
                // The cluster has ended meanwhile.
            }
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Timeout, $"{name} is not {state} in time");
            await Task.Delay(2);
        }
    }

    private static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        long began = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Timeout, "it did not happen in time");
            await Task.Delay(2);
        }
    }
}
