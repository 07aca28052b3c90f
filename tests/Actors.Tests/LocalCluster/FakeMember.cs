using System.Collections.Concurrent;
using Starling.Actors.LocalCluster;
using Starling.Actors.Protocol;

namespace Starling.Actors.Tests.LocalCluster;

/// <summary>A member's process that does what a test says.</summary>
/// <param name="id">Its number.</param>
/// <param name="arguments">The arguments it was started with.</param>
/// <param name="output">Called with its lines of output.</param>
/// <param name="error">Called with its lines of error output.</param>
internal sealed class FakeMember(int id, IReadOnlyList<string> arguments, Action<string> output, Action<string> error)
    : IMemberProcess
{
    private const int Killed = 137;
    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Id => id;

    public Task<int> Exited => _exited.Task;

    /// <summary>The lines it was told.</summary>
    public ConcurrentQueue<string> Told { get; } = [];

    public bool WasKilled { get; private set; }

    /// <summary>Called when the manager has noticed that it ended.</summary>
    public Action? Disposed { get; set; }

    public string Name => ValueOf("--name")!;

    public string? Seeds => ValueOf("--seed");

    public string Address => $"akka.tcp://starling@127.0.0.1:{4000 + id}";

    public void Tell(string line) => Told.Enqueue(line);

    public void Kill() => WasKilled |= _exited.TrySetResult(Killed);

    public void Exit(int code) => _exited.TrySetResult(code);

    public void SayReady() => output(NodeLines.Ready(Name, Address, new Uri("http://127.0.0.1:1/metrics")));

    public void Say(string line) => output(line);

    public void Complain(string line) => error(line);

    public void Dispose() => Disposed?.Invoke();

    private string? ValueOf(string option) =>
        arguments.SkipWhile(a => a != option).Skip(1).FirstOrDefault();
}
