using Starling.Actors.Commands.Assets;
using Starling.Actors.Configuration;
using Starling.Actors.Configuration.Reading;
using Starling.Data;
using Starling.Model.SelfGuided;
using Starling.Model.Tensors;

namespace Starling.Actors.Tests.Configuration;

public sealed class StarlingConfigurationTests
{
    private const string Small =
        """{ "model": { "dim": 32, "layers": 2, "heads": 2 }, "selfGuided": { "depth": 1 } }""";

    [Theory]
    [InlineData("configs/tiny.json")]
    [InlineData("configs/quickstart.json")]
    [InlineData("configs/baseline.json")]
    public void Shipped_configurations_are_found_in_the_programs_folder_and_valid(string path) =>
        Assert.Equal(Path.GetFileNameWithoutExtension(path), StarlingConfiguration.Read(path, []).Name);

    [Fact]
    public void Tiny_is_what_process_tests_rely_on()
    {
        StarlingOptions tiny = StarlingConfiguration.Read("configs/tiny.json", []);
        Assert.True(tiny.Data.ImageSize <= 64);
        Assert.Equal(8, tiny.Training.Replicas);
        Assert.False(tiny.Evaluation.Enabled);
        Assert.Equal((20, 5), (tiny.Training.Steps, tiny.Checkpoint.EverySteps));
    }

    [Fact]
    public void Baseline_differs_from_quickstart_only_in_its_losses_and_views()
    {
        StarlingOptions quick = StarlingConfiguration.Read("configs/quickstart.json", []);
        StarlingOptions plain = StarlingConfiguration.Read("configs/baseline.json", []);
        Assert.False(plain.SelfGuided.Enabled);
        Assert.Equal(OptionsJson.Resolved(quick), OptionsJson.Resolved(plain with
        {
            Name = quick.Name,
            SelfGuided = plain.SelfGuided with { Enabled = true, Views = 2 },
        }));
    }

    [Fact]
    public void Comments_trailing_commas_and_any_case_of_an_enum_are_read()
    {
        StarlingOptions options = Parse("""
            // purpose
            { "seed": 18446744073709551615, /* inline */
              "model": { "preset": "B" }, "selfGuided": { "mimPositions": "maskedOnly" },
              "training": { "precision": "BFloat16" }, }
            """);
        Assert.Equal(ulong.MaxValue, options.Seed);
        Assert.Equal(MimPositions.MaskedOnly, options.SelfGuided.MimPositions);
        Assert.Equal(Precision.BFloat16, options.Training.Precision);
    }

    [Theory]
    [InlineData("""{ "traning": { "steps": 3 } }""", "x.json: traning: unknown key; did you mean training?")]
    [InlineData("""{ "checkpoint": { "everyStep": 3 } }""", "did you mean checkpoint.everySteps?")]
    [InlineData("""{ "globalBatch": 3 }""", "x.json: globalBatch: unknown key; did you mean training.globalBatch?")]
    [InlineData("""{ "monitor": { "zzzzzz": 3 } }""",
        "allowed here: monitor.port, monitor.host, monitor.logEverySteps")]
    [InlineData("""{ "selfGuided": { "effectiveStudentViews": 1 } }""", "did you mean selfGuided.studentViews?")]
    public void An_unknown_key_is_refused_with_the_nearest_known_one(string json, string expected) =>
        Assert.Contains(expected, Refused(json));

    [Theory]
    [InlineData("""{ "training": { "steps": "many" } }""", "x.json: training.steps = \"many\": must be a whole number")]
    [InlineData("""{ "training": { "steps": 2.5 } }""", "x.json: training.steps = 2.5: must be a whole number")]
    [InlineData("""{ "training": { "steps": 0 } }""", "x.json: training.steps = 0: must be at least 1")]
    [InlineData("""{ "training": { "steps": null } }""", "x.json: training.steps = null: must be a whole number")]
    [InlineData("""{ "seed": -1 }""", "x.json: seed = -1: must be a whole number from 0 to 18446744073709551615")]
    [InlineData("""{ "selfGuided": { "maskRatio": 0.99 } }""",
        "selfGuided.maskRatio = 0.99: must be between 0 and 0.95")]
    [InlineData("""{ "training": { "precision": "half" } }""", "= \"half\": must be one of float32, bfloat16")]
    [InlineData("""{ "training": { "precision": 1 } }""", "training.precision = 1: must be one of float32, bfloat16")]
    [InlineData("""{ "training": { "device": "gpu" } }""", "training.device = \"gpu\": must match ^(cpu|cuda")]
    [InlineData("""{ "training": 7 }""", "x.json: training = 7: must be a section in braces")]
    [InlineData("""{ "data": { "files": [] } }""", "data.files = []: must name at least one shard")]
    [InlineData("""{ "data": { "files": "a" } }""", "data.files = \"a\": must be a list of texts")]
    [InlineData("""{ "data": { "files": [" "] } }""", "data.files = [\" \"]: must not hold an empty text")]
    [InlineData("""{ "tokenizer": { "path": "" } }""", "tokenizer.path = \"\": must be a file or \"embedded\"")]
    [InlineData("""{ "evaluation": { "probe": { "epochs": 0 } } }""",
        "evaluation.probe.epochs = 0: must be between 1 and")]
    [InlineData("""{ "evaluation": { "enabled": "yes" } }""", "evaluation.enabled = \"yes\": must be true or false")]
    public void A_wrong_value_is_named_with_what_is_allowed(string json, string expected) =>
        Assert.Contains(expected, Refused(json));

    [Theory]
    [InlineData("""{ "training": { "replicas": 6, "globalBatch": 12 } }""",
        "training.replicas = 6: must be a power of two")]
    [InlineData("""{ "training": { "globalBatch": 30 } }""",
        "training.globalBatch = 30: must be divisible by training.replicas (8)")]
    [InlineData("""{ "training": { "globalBatch": 32, "microBatch": 3 } }""", "training.microBatch = 3: must divide")]
    [InlineData("""{ "selfGuided": { "depth": 3 }, "model": { "dim": 32, "layers": 2, "heads": 2 } }""",
        "selfGuided.depth = 3: must not exceed the network's 2")]
    [InlineData("""{ "selfGuided": { "studentViews": 3 } }""",
        "selfGuided.studentViews = 3: must not exceed selfGuided.views (2)")]
    [InlineData("""{ "selfGuided": { "views": 1 } }""", "selfGuided.views = 1: must be 2 or more")]
    [InlineData("""{ "training": { "steps": 10 }, "optimizer": { "warmupSteps": 6, "cooldownSteps": 5 } }""",
        "optimizer.cooldownSteps = 5: together with")]
    [InlineData("""{ "model": { "dim": 36, "layers": 2, "heads": 2 } }""",
        "model.dim 36 over model.heads 2 gives heads of 18")]
    [InlineData("""{ "model": { "dim": 36, "layers": 2 } }""", "model.heads is missing; give it, or a model.preset")]
    [InlineData("""{ "model": { "preset": "M" } }""", "model.preset: there is no 'M'; use one of B, L, XL")]
    [InlineData("""{ "training": { "globalBatch": 8 }, "selfGuided": { "negatives": "replica" } }""",
        "selfGuided.negatives = \"replica\": needs two")]
    [InlineData("""{ "data": { "cropRanges": [0.5] } }""", "data.cropRanges = [0.5]: must be between 1 and 8")]
    public void Keys_that_do_not_fit_each_other_are_refused(string json, string expected) =>
        Assert.Contains(expected, Refused(json));

    [Fact]
    public void Every_mistake_is_reported_at_once_and_no_rule_blames_a_value_that_is_wrong_by_itself()
    {
        var e = Assert.Throws<ConfigurationException>(() => Parse("""
            { "sed": 1, "training": { "steps": 0, "globalBatch": 30 },
              "model": { "dim": 32, "layers": 2, "heads": "x" },
              "optimizer": { "warmupSteps": 100000 } }
            """, "monitor.port=99999", "nonsense"));
        Assert.Equal(6, e.Problems.Count);
        Assert.DoesNotContain(e.Problems, p => p.Contains("optimizer", StringComparison.Ordinal));
        Assert.Contains("--set: monitor.port = 99999: must be between 0 and 65535", e.Problems);
        Assert.Contains("--set nonsense: must be key=value, for instance training.steps=100", e.Problems);
    }

    [Theory]
    [InlineData("{", "x.json, line 1: not valid JSON")]
    [InlineData("""{ "seed": 1, "seed": 2 }""", "not valid JSON")]
    [InlineData("[]", "x.json: must be one JSON object")]
    public void Text_that_is_not_one_object_is_refused(string json, string expected) =>
        Assert.Contains(expected, Assert.Throws<ConfigurationException>(() => Parse(json)).Message);

    [Fact]
    public void Overrides_take_literals_bare_texts_and_lists()
    {
        StarlingOptions options = Parse(Small, "training.steps=7", "selfGuided.maskCount=bernoulli", "name=42",
            "data.files=a.parquet,b.parquet", "data.cropRanges=1.1,1.2", "evaluation.enabled=false",
            "model.preset=null");
        Assert.Equal(7, options.Training.Steps);
        Assert.Equal(MaskCount.Bernoulli, options.SelfGuided.MaskCount);
        Assert.Equal("42", options.Name);
        Assert.Equal(["a.parquet", "b.parquet"], options.Data.Files);
        Assert.Equal([1.1, 1.2], options.Data.CropRanges);
        Assert.False(options.Evaluation.Enabled);
    }

    [Theory]
    [InlineData("training.stepz=5", "--set: training.stepz: unknown key; did you mean training.steps?")]
    [InlineData("training.globalBatch=9", "--set: training.globalBatch = 9: must be divisible")]
    [InlineData("training.precision=half", "--set: training.precision = \"half\": must be one of")]
    [InlineData("training=3", "--set: training = 3: must be a section")]
    public void Overrides_are_checked_like_the_file(string argument, string expected) =>
        Assert.Contains(expected, Assert.Throws<ConfigurationException>(() => Parse(Small, argument)).Message);

    [Fact]
    public void Resolved_json_reads_back_to_itself()
    {
        StarlingOptions options = StarlingConfiguration.Read("configs/quickstart.json", ["optimizer.epsilon=1e-9"]);
        string json = OptionsJson.Resolved(options);
        Assert.Equal(json, OptionsJson.Resolved(Parse(json)));
        Assert.DoesNotContain("effective", json);
    }

    [Fact]
    public void Keys_that_sections_have_in_common_come_first() =>
        Assert.Equal(
            [.. OptionsJson.Keys(typeof(TrainingImagesOptions)).Select(key => key.Name), "windowRowGroups"],
            OptionsJson.Keys(typeof(DataOptions)).Select(key => key.Name).Take(8));

    [Fact]
    public void A_missing_file_is_one_clear_line() =>
        Assert.Contains("nowhere.json: no such configuration file",
            Assert.Throws<StarlingException>(() => StarlingConfiguration.Read("nowhere.json", [])).Message);

    private static StarlingOptions Parse(string json, params string[] overrides) =>
        StarlingConfiguration.Parse(json, "x.json", overrides);

    private static string Refused(string json) => Assert.Throws<ConfigurationException>(() => Parse(json)).Message;
}
