using Starling.Actors.Loading;

namespace Starling.Actors.Tests.Training;

/// <summary>
/// Holds back the shares of later steps, so that a test can act at a certain step, however fast the run is.
/// </summary>
internal sealed class StepGate
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _moved = NewSignal();
    private long _steps;

    /// <summary>Lets the shares of the first steps through, those held back and those to come.</summary>
    public void LetThrough(long steps)
    {
        lock (_lock)
        {
            _steps = steps;
            _moved.SetResult();
            _moved = NewSignal();
        }
    }

    /// <summary>Puts a source behind this gate.</summary>
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
        private readonly CancellationTokenSource _stop = new();

        public bool Travels => source.Travels;

        public int QueueDepth => source.QueueDepth;

        public int QueueCapacity => source.QueueCapacity;

        public bool TryRequest(long step, int replica)
        {
            // The loader is not blocked, because other trainers need the shares of earlier steps.
            _ = RequestLaterAsync(step, replica);
            return true;
        }

        public IAsyncEnumerable<ShareResult> ReadAsync(CancellationToken cancellation) =>
            source.ReadAsync(cancellation);

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await source.DisposeAsync();
        }

        private async Task RequestLaterAsync(long step, int replica)
        {
            await gate.PassAsync(step, _stop.Token);
            // More shares may be held back than the source accepts at a time.
            while (!source.TryRequest(step, replica)) await Task.Delay(5, _stop.Token);
        }
    }
}
