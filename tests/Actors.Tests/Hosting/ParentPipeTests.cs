using System.Collections.Concurrent;
using Starling.Actors.Hosting.Processes;

namespace Starling.Actors.Tests.Hosting;

public sealed class ParentPipeTests
{
    [Fact]
    public async Task Each_line_is_an_order_and_the_end_comes_after_the_last()
    {
        ConcurrentQueue<string> heard = [];
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        ParentPipe.Read(new StringReader("stop\nleave\n"), heard.Enqueue, () =>
        {
            heard.Enqueue("(ended)");
            ended.SetResult();
        });
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.Equal(["stop", "leave", "(ended)"], heard);
    }
}
