using System.Diagnostics;
using Starling.Actors.Collectives;
using static TorchSharp.torch;

namespace Starling.Actors.Tests.Collectives.Gloo;

public class GlooGroupTests
{
    [Fact]
    public void Two_hundred_generations_leave_no_thread_and_no_socket_behind()
    {
        ICollectiveEngine engine = Members.Engine("gloo");
        for (int generation = 1; generation <= 10; generation++) Live(engine, generation);
        (int threads, int files) = Resources();
        for (int generation = 11; generation <= 200; generation++) Live(engine, generation);
        (int threadsLater, int filesLater) = Resources();
        // A leak would be one thread and one socket for each of 380 members; the pool's threads come and go.
        Assert.InRange(threadsLater, 0, threads + 20);
        Assert.InRange(filesLater, 0, files + 20);
    }

    [Fact]
    public void Members_that_disagree_about_a_size_time_out_and_the_process_goes_on()
    {
        CollectiveOptions impatient = Members.Options with { OperationTimeout = TimeSpan.FromSeconds(5) };
        ICollectiveGroup[] groups = Members.Connected(Members.Engine("gloo"), 2, options: impatient);
        Exception?[] failures = Members.Run(groups, group =>
            group.Exchange(
                [new Transfer(1 - group.Member.Rank, zeros(100 + group.Member.Rank))],
                [new Transfer(1 - group.Member.Rank, zeros(100 + group.Member.Rank))]));
        Assert.Contains(CollectiveFault.TimedOut, failures.Select(f => Assert.IsType<CollectiveException>(f).Fault));
        Members.Dispose(groups);
    }

    [Fact]
    public void A_member_that_never_comes_costs_the_connect_timeout_and_no_more()
    {
        CollectiveOptions impatient = Members.Options with { ConnectTimeout = TimeSpan.FromMilliseconds(300) };
        ICollectiveGroup[] groups = [.. Enumerable.Range(0, 2)
            .Select(rank => Members.Engine("gloo").Bind(new GroupMember(1, rank, 2), impatient))];
        byte[][] engineAddresses = [.. groups.Select(g => g.EngineAddress)];
        Exception?[] failures = Members.Run([groups[0]], group => group.Connect(engineAddresses, Members.Plan));
        Assert.Equal(CollectiveFault.TimedOut, Assert.IsType<CollectiveException>(failures[0]).Fault);
        Members.Dispose(groups);
    }

    [Fact]
    public void An_address_of_another_engine_is_refused()
    {
        ICollectiveGroup group = Members.Engine("gloo").Bind(new GroupMember(1, 0, 2), Members.Options);
        CollectiveException refused = Assert.Throws<CollectiveException>(() =>
            group.Connect([group.EngineAddress, new byte[16]], Members.Plan));
        Assert.Equal(CollectiveFault.Mismatch, refused.Fault);
        Members.Dispose([group]);
    }

    /// <summary>Runs one generation: an exchange, and every third time an abort in the middle of an exchange.</summary>
    private static void Live(ICollectiveEngine engine, long generation)
    {
        ICollectiveGroup[] groups = Members.Connected(engine, 2, generation);
        Assert.All(Members.Run(groups, group => group.AllGather(zeros(1000))), Assert.Null);
        if (generation % 3 == 0)
        {
            Exception?[] failures = Members.Run(groups, group =>
            {
                if (group.Member.Rank == 1) group.Abort("next generation");
                else group.AllGather(zeros(1 << 20));
            });
            Assert.IsType<CollectiveException>(failures[0]);
        }
        Members.Dispose(groups);
    }

    private static (int Threads, int Files) Resources()
    {
        using Process process = Process.GetCurrentProcess();
        return (process.Threads.Count, Directory.GetFileSystemEntries("/proc/self/fd").Length);
    }
}
