using Starling.Actors.Collectives;
using Starling.Actors.Collectives.Gloo;
using Starling.Actors.Collectives.InProcess;
using static TorchSharp.torch;

namespace Starling.Actors.Tests.Collectives;

/// <summary>The members of a group, each on a thread of its own.</summary>
internal static class Members
{
    /// <summary>Time limit of a test that hangs; no test takes so long otherwise.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(3);

    public static readonly string Plan = new('a', 64);

    public static CollectiveOptions Options { get; } = new()
    {
        ConnectTimeout = TimeSpan.FromMinutes(1),
        OperationTimeout = TimeSpan.FromMinutes(1),
    };

    /// <summary>The names that <see cref="Engine"/> accepts.</summary>
    public static TheoryData<string> Engines => ["inproc", "gloo"];

    /// <summary>Creates an engine by name; skips the test if the program was built without it.</summary>
    public static ICollectiveEngine Engine(string name)
    {
        ICollectiveEngine engine = name == "gloo" ? new GlooEngine() : new InProcessEngine();
        Assert.SkipWhen(engine.Unavailable is not null, engine.Unavailable ?? "");
        return engine;
    }

    /// <summary>Creates connected groups of one generation, each to be used on a thread of its own.</summary>
    public static ICollectiveGroup[] Connected(ICollectiveEngine engine, int size, long generation = 1,
        CollectiveOptions? options = null)
    {
        ICollectiveGroup[] groups = [.. Enumerable.Range(0, size)
            .Select(rank => engine.Bind(new GroupMember(generation, rank, size), options ?? Options))];
        Exception?[] failures = Connect(groups);
        Assert.All(failures, Assert.Null);
        return groups;
    }

    /// <summary>Connects bound groups; each may have a plan of its own.</summary>
    public static Exception?[] Connect(IReadOnlyList<ICollectiveGroup> groups, Func<int, string>? plan = null)
    {
        byte[][] engineAddresses = [.. groups.Select(g => g.EngineAddress)];
        return Run(groups, group => group.Connect(engineAddresses, plan?.Invoke(group.Member.Rank) ?? Plan));
    }

    /// <summary>Runs <paramref name="work"/> for all groups at the same time; returns the exception of each.</summary>
    public static Exception?[] Run(IReadOnlyList<ICollectiveGroup> groups, Action<ICollectiveGroup> work)
    {
        Exception?[] failures = new Exception?[groups.Count];
        Thread[] threads = [.. groups.Select((group, i) => new Thread(() =>
        {
            try
            {
                using var scope = NewDisposeScope();
                work(group);
            }
            catch (Exception e)
            {
                failures[i] = e;
            }
        }))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) Assert.True(thread.Join(Timeout), "a member hangs");
        return failures;
    }

    /// <summary>Like <see cref="Run"/>, but returns the result of every member; none may fail.</summary>
    public static T[] Results<T>(IReadOnlyList<ICollectiveGroup> groups, Func<ICollectiveGroup, T> work)
    {
        T[] results = new T[groups.Count];
        Exception?[] failures = Run(groups, group => results[group.Member.Rank] = work(group));
        Assert.All(failures, Assert.Null);
        return results;
    }

    public static void Dispose(IEnumerable<ICollectiveGroup> groups)
    {
        foreach (ICollectiveGroup group in groups) group.Dispose();
    }
}
