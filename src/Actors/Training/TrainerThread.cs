using System.Collections.Concurrent;
using Starling.Model.Tensors;

namespace Starling.Actors.Training;

/// <summary>
/// Runs all work of a trainer on one thread, which owns all its tensors. Dispose scopes, grad mode and autocast are
/// thread-local in libtorch, and a step would block a thread of the actors' pool for too long.
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
    /// Queues <paramref name="work"/> behind earlier work. An exception goes to the handler given at creation.
    /// </summary>
    public void Post(Action work) => _work.Add(work);

    /// <summary>Lets the thread end after the work that is posted already; does not wait for it.</summary>
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
