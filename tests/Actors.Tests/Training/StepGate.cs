using Starling.Actors.Loading;
using Starling.Actors.Shares;

namespace Starling.Actors.Tests.Training;

/// <summary>
/// Holds back the shares of later steps, so that what a test does in the middle of a run is done there, however fast
/// the run is.
/// </summary>
internal sealed class StepGate
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _moved = NewSignal();
    private long _steps;

    /// <summary>Lets the first steps through, at once and from now on.</summary>
    public void LetThrough(long steps)
    {
        lock (_lock)
        {
            _steps = steps;
            _moved.SetResult();
            _moved = NewSignal();
        }
    }

    /// <summary>A source behind this gate.</summary>
    public IShareSource Before(IShareSource source) => new Gated(source, this);

    private async Task PassAsync(long step, CancellationToken cancellation)
    {
        while (true)
        {
            Task moved;
            lock (_lock)
            {
                if (step < _steps) return;
                moved = _moved.Task;
            }
            await moved.WaitAsync(cancellation);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class Gated(IShareSource source, StepGate gate) : IShareSource
    {
        public bool Travels => source.Travels;

        public ValueTask RequestAsync(long step, int replica, CancellationToken cancellation)
        {
            // Nobody waits for it: a loader asks in order, and other trainers need the shares of earlier steps.
            _ = AskAsync(step, replica, cancellation);
            return ValueTask.CompletedTask;
        }

        public IAsyncEnumerable<ReplicaShare> ReadAsync(CancellationToken cancellation) =>
            source.ReadAsync(cancellation);

        public ValueTask DisposeAsync() => source.DisposeAsync();

        private async Task AskAsync(long step, int replica, CancellationToken cancellation)
        {
            await gate.PassAsync(step, cancellation);
            await source.RequestAsync(step, replica, cancellation);
        }
    }
}
