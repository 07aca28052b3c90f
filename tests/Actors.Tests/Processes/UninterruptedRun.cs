using Starling.Actors.Tests.Support;

namespace Starling.Actors.Tests.Processes;

/// <summary>The run that the interrupted ones are held against.</summary>
public sealed class UninterruptedRun(TinyAssets assets) : IAsyncLifetime
{
    public const long Steps = 40;

    /// <summary>Enough steps to be interrupted in the middle; a test that is slow to react may find it ended.</summary>
    public static IReadOnlyList<string> Settings { get; } = [$"training.steps={Steps}", "checkpoint.everySteps=5"];

    public string Hash { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        using TestFolder folder = new();
        using StarlingProcess process = StarlingProcess.Train(assets, folder["run"], Settings);
        Assert.True(await process.ExitAsync() == 0, string.Join('\n', process.Errors));
        Hash = await StarlingProcess.HashAsync(folder["run"]);
        Assert.Matches("^[0-9a-f]{64}$", Hash);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
