using System.Text;
using Starling.Actors.Metrics;
using Starling.Actors.Tests.Support;

namespace Starling.Actors.Tests.Metrics;

public sealed class MetricsTextTests
{
    [Fact]
    public async Task The_text_is_made_again_only_after_a_moment()
    {
        ManualTime time = new();
        RunMetrics metrics = new(time, Exporter.Trainer);
        MetricsText text = new(metrics.Registry, time);
        metrics.Progress.StepApplied(0.5, 3, 1, 1);
        Assert.Contains("starling_images_total 3\n", await GetAsync());
        metrics.Progress.StepApplied(0.5, 4, 1, 1);
        Assert.Contains("starling_images_total 3\n", await GetAsync());
        time.Advance(0.25);
        Assert.Contains("starling_images_total 7\n", await GetAsync());

        async Task<string> GetAsync() => Encoding.UTF8.GetString((await text.GetAsync()).Span);
    }
}
