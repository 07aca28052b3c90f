using Starling.Data;
using Starling.Model.Checkpoints;

namespace Starling.Model.Tests.Checkpoints;

public sealed class CompatibilityCheckTests : IDisposable
{
    private const string Stored = """
        {"seed": 1, "model": {"dim": 64, "layers": 2, "old": true}, "data": {"files": ["a"]}, "monitor": {"port": 1}}
        """;

    private readonly TestRun _run = new();
    private readonly LoadedCheckpoint _checkpoint;

    public CompatibilityCheckTests()
    {
        new CheckpointWriter(_run.Store, TimeProvider.System).Write(TestRun.State(1), TestRun.Describe(Stored),
            TestRun.Metrics);
        _checkpoint = _run.Store.Load(1);
    }

    public void Dispose() => _run.Dispose();

    [Fact]
    public void The_same_settings_in_other_words_do_not_differ()
    {
        const string Same = """
            {"monitor":{"port":1},"data":{"files":["a"]},"model":{"layers":2.0,"dim":64,"old":true},"seed":1}
            """;
        Assert.Empty(CompatibilityCheck.Compare(_checkpoint.Manifest, TestRun.Describe(Same)));
    }

    [Fact]
    public void Each_difference_is_named_with_both_values()
    {
        RunDescription current = TestRun.Describe(
            """{"seed": 2, "model": {"dim": 96, "layers": 2, "heads": null}, "data": {"files": ["a", "b"]}}""",
            model: "m2", data: "d2", tokenizer: "t2");
        Assert.Equal(
        [
            new Difference("model.dim", "64", "96"), new Difference("model.old", "true", null),
            new Difference("model.heads", null, "null"), new Difference("data.files", "[\"a\"]", "[\"a\",\"b\"]"),
            new Difference("seed", "1", "2"), new Difference("model hash", "m", "m2"),
            new Difference("data fingerprint", "d", "d2"), new Difference("tokenizer fingerprint", "t", "t2"),
        ], CompatibilityCheck.Compare(_checkpoint.Manifest, current, "model", "data.files", "seed", "nowhere.at.all"));
    }

    [Fact]
    public void Another_data_set_is_refused_by_name()
    {
        StarlingException e = Assert.Throws<StarlingException>(() => CompatibilityCheck.Require(_checkpoint,
            TestRun.Describe(Stored, data: "d2"), goOn: false, message => Assert.Fail(message)));
        Assert.Contains("data fingerprint was d and is now d2", e.Message, StringComparison.Ordinal);
        Assert.Contains("--force", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public void A_model_hash_of_an_earlier_version_is_the_same_model()
    {
        RunDescription known = TestRun.Describe(Stored, model: "m2") with { EarlierModelHashes = ["l", "m"] };
        Assert.Empty(CompatibilityCheck.Compare(_checkpoint.Manifest, known));
        Assert.Equal([new Difference("model hash", "m", "m2")],
            CompatibilityCheck.Compare(_checkpoint.Manifest, known with { EarlierModelHashes = ["l"] }));
    }

    [Fact]
    public void Fingerprints_of_an_earlier_version_are_the_same_data_set_and_tokenizer()
    {
        RunDescription known = TestRun.Describe(Stored, data: "d2", tokenizer: "t2") with
        {
            EarlierDataFingerprints = ["d"],
            EarlierTokenizerFingerprints = ["t"],
        };
        Assert.Empty(CompatibilityCheck.Compare(_checkpoint.Manifest, known));
        Assert.Equal(
            [new Difference("data fingerprint", "d", "d2"), new Difference("tokenizer fingerprint", "t", "t2")],
            CompatibilityCheck.Compare(_checkpoint.Manifest,
                known with { EarlierDataFingerprints = [], EarlierTokenizerFingerprints = ["t0"] }));
    }

    [Fact]
    public void What_is_known_about_the_change_of_the_data_is_said()
    {
        RunDescription changed = TestRun.Describe(Stored, data: "d2") with
        {
            DataChange = stored => $"since {stored} a.parquet changed",
        };
        StarlingException e = Assert.Throws<StarlingException>(() => CompatibilityCheck.Require(
            _checkpoint, changed, goOn: false, message => Assert.Fail(message)));
        Assert.Contains("is now d2 (since d a.parquet changed); undo", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Told_to_go_on_it_reports_each_difference()
    {
        List<string> reports = [];
        CompatibilityCheck.Require(_checkpoint, TestRun.Describe("""{"seed": 3}"""), goOn: true, reports.Add, "seed",
            "model");
        Assert.Equal(2, reports.Count);
        Assert.Contains("seed was 1 and is now 3", reports[0], StringComparison.Ordinal);
        Assert.Contains("is now not set", reports[1], StringComparison.Ordinal);
    }
}
