using System.Text.Json;
using Spectre.Console;
using Starling.Actors.Configuration;
using Starling.Actors.Hosting.Processes;
using Starling.Actors.Protocol;
using Starling.Actors.Runs;
using Starling.Actors.Runs.Events;
using Starling.Actors.Tests.Support;
using Starling.Model.Checkpoints;
using Starling.Model.Evaluation;
using Starling.Tests;

namespace Starling.Actors.Tests.Runs;

/// <summary>A run that version 0.1 left behind is read, and gone on from, by this version.</summary>
public sealed class EarlierRunTests : IDisposable
{
    private const long Step = 20;
    private const string StateHash = "556ffa179181481cc8d24eeb87de53910af1636feaa4d4e87730ae3061c51456";

    private readonly TestFolder _folder = new();

    public EarlierRunTests()
    {
        foreach (string file in Directory.GetFiles(Golden, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(Run, Path.GetRelativePath(Golden, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    private static string Golden => Path.Combine(GoldenFolder.Own, "run-v0.1");

    private string Run => _folder["run"];

    private string EventFile => Path.Combine(Run, "events.jsonl");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_goes_on_from_its_checkpoint()
    {
        Assert.Equal(StateHash, CheckpointReader.HashOf(CheckpointPaths.Resolve(Run)));
        StarlingOptions options = StarlingConfiguration.Read(Path.Combine(Golden, "tiny.json"),
            ["training.steps=22", "training.threads=1", "monitor.port=0"]);
        StringWriter output = new();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        int exitCode = await new TrainingHost(console, TimeProvider.System)
            .RunAsync(options, new TrainRequest(Run, Force: false), TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromMinutes(3), TestContext.Current.CancellationToken);
        Assert.Equal(ExitCodes.Success, exitCode);
        JsonElement[] later = [.. Events().Where(e => e.GetProperty("attempt").GetInt32() == 2)];
        Assert.Equal([21, 22], later.Where(e => Is(e, "step")).Select(e => e.GetProperty("step").GetInt64()));
        // Version 0.1 knew the data set by its footers and the tokenizer by its weights. From now on more is known.
        CheckpointManifest manifest = CheckpointReader.Load(CheckpointPaths.Resolve(Run)).Manifest;
        RunContext now = RunContext.Open(options, Run);
        Assert.Equal((22, now.Index.Fingerprint), (manifest.Step, manifest.DataFingerprint));
        Assert.Equal(now.Description.TokenizerFingerprint, manifest.TokenizerFingerprint);
        Assert.DoesNotContain(manifest.DataFingerprint, now.Description.EarlierDataFingerprints);
        // The ledger's generation goes on as well.
        Assert.Equal(2, later.Last(e => Is(e, "generation")).GetProperty("generation").GetInt64());
    }

    [Fact]
    public void Its_scores_and_losses_are_read()
    {
        EvaluationFiles files = new(Run);
        EvaluationFiles.StoredScores scores = Assert.Single(files.All());
        Assert.Equal((Step, StateHash), (scores.Step, scores.StateHash));
        EvaluationResult student = Assert.Single(scores.Results, r => r.Weights == "student");
        Assert.Equal((64, 64), (student.Samples, student.ReferenceImages));
        Assert.Equal(19.54429633816836, student.FrechetDistance);
        Assert.Equal(student.FrechetDistance, files.Ranks(new CheckpointStore(CheckpointPaths.Of(Run)))[Step]);

        double[] losses = [.. Events().Where(e => Is(e, "step")).Select(e => e.GetProperty("loss_ar").GetDouble())];
        Assert.Equal(20, losses.Length);
        Assert.Equal(losses.TakeLast(4).Average(), StepLosses.Mean(Run, Step, 4)!.Value, 1e-12);
    }

    /// <summary>The key is in the file's name and in the file, so another form of the key finds nothing.</summary>
    [Fact]
    public void Its_reference_statistics_are_found_under_their_key()
    {
        ReferenceKey key = new()
        {
            Data = "5ee35c2a395453bd23bd9c4aebc7cf18cec52bb5e91b098ee9db267e4184b202",
            HoldOut = 0.1,
            ImageSize = 64,
            Images = 64,
            HeldOutImages = 64,
            Network = "3b3778a24aec371dfebfe80de91a30f1b6d8c76cd208759fc9b5411f1daac268",
            Tokenizer = "d23632445779b25895dfead27e33665d35956c4ab86f8c7d41991090739e0eb4",
            BFloat16 = false,
            NoiseSamples = 64,
            Seed = 0,
        };
        ReferenceData data = new ReferenceCache(Path.Combine(Run, "evaluations")).Get(key,
            () => throw new InvalidOperationException("the statistics were to be computed again"));
        Assert.Equal(64, data.Statistics.Count);
        Assert.Equal(25.83352732283165, data.Anchors.Noise);
    }

    private IEnumerable<JsonElement> Events() =>
        File.ReadLines(EventFile).Select(line => JsonDocument.Parse(line).RootElement);

    private static bool Is(JsonElement e, string name) => e.GetProperty("event").GetString() == name;
}
