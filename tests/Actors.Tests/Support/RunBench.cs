using System.Text.Json;
using Spectre.Console;
using Starling.Actors.Configuration;
using Starling.Actors.Hosting.Processes;
using Starling.Model.Checkpoints;

namespace Starling.Actors.Tests.Support;

/// <summary>A run folder, and whole runs in it through the real host: one node, all actors.</summary>
internal sealed class RunBench(TinyAssets assets) : IDisposable
{
    /// <summary>Steps of a run unless a test says otherwise; a checkpoint follows every fourth.</summary>
    public const int Steps = 12;

    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(3);
    private readonly TestFolder _folder = new();
    private readonly StringWriter _output = new();

    public string Folder => _folder["run"];

    /// <summary>What the runs printed.</summary>
    public string Output => _output.ToString();

    /// <summary>State hash of the newest checkpoint, computed from its bytes.</summary>
    public string Hash => CheckpointReader.HashOf(CheckpointPaths.Resolve(Folder));

    /// <summary>Steps of the checkpoints there are.</summary>
    public IReadOnlyList<long> Checkpoints =>
        [.. new CheckpointStore(CheckpointPaths.Of(Folder)).List().Select(e => e.Step)];

    public string this[string name] => _folder[name];

    /// <summary>The overrides that make <c>configs/tiny.json</c> tiny.</summary>
    public static IReadOnlyList<string> Settings(TinyAssets assets) =>
    [
        $"data.files={string.Join(',', assets.Shards)}", "data.imageSize=16", $"tokenizer.path={assets.Tokenizer}",
        $"training.steps={Steps}", "training.threads=1", "checkpoint.everySteps=4", "monitor.port=0",
        "monitor.logEverySteps=1",
        $"evaluation.featureNetwork={assets.FeatureNetwork}", "evaluation.samples=8", "evaluation.batch=8",
        "evaluation.perClass=1", "evaluation.probe.epochs=1", "evaluation.probe.batch=8",
        "evaluation.probe.positions=1",
    ];

    /// <summary>Runs to the end; later settings win.</summary>
    public Task<int> TrainAsync(params string[] settings) =>
        TrainAsync(TimeProvider.System, CancellationToken.None, settings);

    public Task<int> TrainAsync(TimeProvider time, CancellationToken stop, params string[] settings) =>
        TrainAsync(time, force: false, stop, settings);

    public Task<int> TrainAsync(TimeProvider time, bool force, CancellationToken stop, params string[] settings)
    {
        StarlingOptions options = StarlingConfiguration.Read("configs/tiny.json", [.. Settings(assets), .. settings]);
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(_output) });
        return new TrainingHost(console, time)
            .RunAsync(options, new TrainRequest(Folder, force), stop).WaitAsync(Timeout);
    }

    /// <summary>Lines of the event log, of one kind if named.</summary>
    public IReadOnlyList<JsonElement> Events(string? name = null) =>
        [.. File.ReadLines(Path.Combine(Folder, "events.jsonl"))
            .Select(line => JsonDocument.Parse(line).RootElement)
            .Where(e => name is null || e.GetProperty("event").GetString() == name)];

    public void Dispose() => _folder.Dispose();
}
