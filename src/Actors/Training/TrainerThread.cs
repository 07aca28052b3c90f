using System.Collections.Concurrent;
using Starling.Model.Tensors;

namespace Starling.Actors.Training;

/// <summary>
/// One thread that owns every tensor of a trainer. Dispose scopes, grad mode and autocast are thread-local in libtorch,
/// and a step takes far too long for a thread of the pool that the actors live on.
/// </summary>
internal sealed class TrainerThread : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Action<Exception> _failed;
    private readonly Thread _thread;

    public TrainerThread(string name, Action<Exception> failed)
    {
        _failed = failed;
        _thread = new Thread(Work, LibTorch.StackBytes) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>
    /// Runs <paramref name="work"/> after what was posted before; what it throws is reported, not lost.
    /// </summary>
    public void Post(Action work) => _work.Add(work);

    /// <summary>Lets posted work finish; does not wait for it.</summary>
    public void Dispose() => _work.CompleteAdding();

    /// <summary>Waits for the thread's end after <see cref="Dispose"/>.</summary>
    public bool Join(TimeSpan timeout) => _thread.Join(timeout);

    private void Work()
    {
        foreach (Action work in _work.GetConsumingEnumerable())
        {
            try
            {
                work();
            }
            catch (Exception e)
            {
                _failed(e);
            }
        }
    }
}
