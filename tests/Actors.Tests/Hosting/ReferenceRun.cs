using Starling.Actors.Tests.Support;

namespace Starling.Actors.Tests.Hosting;

/// <summary>The run that nothing disturbs: what all the others have to end like.</summary>
public sealed class ReferenceRun(TinyAssets assets) : IAsyncLifetime
{
    /// <summary>Hash of the final state.</summary>
    public string Hash { get; private set; } = "";

    /// <summary>How often the trainer's thread read the clock.</summary>
    public long ClockReadings { get; private set; }

    public async ValueTask InitializeAsync()
    {
        using RunBench bench = new(assets);
        TrainerClock clock = new();
        Assert.Equal(0, await bench.TrainAsync(clock, CancellationToken.None));
        Hash = bench.Hash;
        ClockReadings = clock.Readings;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
