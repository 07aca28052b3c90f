using System.Reflection;
using System.Runtime.Loader;
using Starling.Model.Tensors;
using TorchSharp;

namespace Starling.Model.Tests.Tensors;

public sealed class NativeWarmupTests
{
    /// <summary>MKL's vector functions, each for float32 and for float64.</summary>
    private const int FirstCalls = 2 * 18;

    /// <summary>
    /// Two threads that make a first call at once get a wrong kernel in a few of many processes, which no test can wait
    /// for. So the test checks the order: the thread that starts the other threads has made the calls before.
    /// </summary>
    [Fact]
    public void The_thread_that_starts_worker_threads_has_made_the_first_calls()
    {
        // The tests' copy of the program has made the calls already. A second copy has not.
        Assembly program = new FreshContext().LoadFromAssemblyPath(typeof(WorkerThreads).Assembly.Location);
        Type workers = program.GetType(typeof(WorkerThreads).FullName!, throwOnError: true)!;
        Assert.NotEqual(typeof(WorkerThreads), workers);
        long tensors = 0;
        Exception? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                using var made = (IDisposable)Activator.CreateInstance(workers, 4)!;
                tensors = DisposeScopeManager.Statistics.CreatedInScopeCount; // counts this thread's tensors only
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        Assert.Null(failure);
        Assert.True(tensors >= FirstCalls, $"{tensors} tensors were computed before the worker threads");
    }

    /// <summary>
    /// Loads a second copy of an assembly. Assemblies that it refers to are shared with the first copy.
    /// </summary>
    private sealed class FreshContext : AssemblyLoadContext
    {
        protected override Assembly? Load(AssemblyName assemblyName) => null;
    }
}
