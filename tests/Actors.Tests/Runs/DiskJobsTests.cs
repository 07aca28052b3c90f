using Starling.Actors.Runs;

namespace Starling.Actors.Tests.Runs;

public sealed class DiskJobsTests
{
    [Fact]
    public async Task A_disk_that_hangs_costs_a_few_threads_and_nobody_waits_for_it()
    {
        using ManualResetEventSlim disk = new();
        DiskJobs jobs = new(2, TimeSpan.FromMilliseconds(1));
        int begun = 0;
        for (int i = 0; i < 10; i++)
            await Assert.ThrowsAsync<TimeoutException>(() => jobs.RunAsync(Read, CancellationToken.None));
        disk.Set();
        Assert.InRange(begun, 0, 2);

        int Read()
        {
            Interlocked.Increment(ref begun);
            disk.Wait();
            return 1;
        }
    }
}
