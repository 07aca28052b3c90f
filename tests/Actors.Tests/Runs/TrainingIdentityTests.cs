using System.Text.Json.Nodes;
using Starling.Actors.Configuration;
using Starling.Actors.Configuration.Reading;
using Starling.Actors.Runs;

namespace Starling.Actors.Tests.Runs;

public sealed class TrainingIdentityTests
{
    [Theory]
    [InlineData("name=other")]
    [InlineData("data.workers=4")]
    [InlineData("data.prefetch=3")]
    [InlineData("data.cacheBytes=99999999")]
    [InlineData("training.threads=2")]
    [InlineData("training.device=cuda:1")]
    [InlineData("training.steps=5000")]
    [InlineData("monitor.port=1")]
    [InlineData("checkpoint.everySteps=1")]
    [InlineData("evaluation.enabled=false")]
    [InlineData("cluster.leaseSeconds=20")]
    [InlineData("data.files=elsewhere/same.parquet")]
    [InlineData("data.expectedImages=3372")]
    [InlineData("data.expectedClasses=9")]
    [InlineData("tokenizer.expectedCodes=1024")]
    [InlineData("tokenizer.expectedDownscale=8")]
    public void What_cannot_change_a_bit_of_the_state_is_left_out(string change) => Assert.Equal(Hash(), Hash(change));

    [Theory]
    [InlineData("seed=1")]
    [InlineData("data.holdOut=0.2")]
    [InlineData("data.windowRowGroups=1")]
    [InlineData("data.imageSize=32")]
    [InlineData("model.dim=384")]
    [InlineData("selfGuided.temperature=0.1")]
    [InlineData("optimizer.learningRate=0.01")]
    [InlineData("training.globalBatch=64")]
    [InlineData("training.replicas=2")]
    [InlineData("training.microBatch=1")]
    [InlineData("training.precision=float32")]
    public void What_changes_the_state_changes_the_hash(string change) => Assert.NotEqual(Hash(), Hash(change));

    [Fact]
    public void Steps_count_once_the_learning_rate_falls_towards_the_end() =>
        Assert.NotEqual(Hash("optimizer.cooldownSteps=10"), Hash("optimizer.cooldownSteps=10", "training.steps=5000"));

    [Fact]
    public void Every_key_that_is_left_out_exists()
    {
        string json = OptionsJson.Resolved(new StarlingOptions());
        foreach (string path in TrainingIdentity.ExcludedKeys)
        {
            string[] parts = path.Split('.');
            JsonNode? section = parts[..^1].Aggregate(JsonNode.Parse(json), (node, part) => node?[part]);
            Assert.True(section!.AsObject().ContainsKey(parts[^1]), path);
        }
    }

    [Fact]
    public void The_canonical_text_is_sorted_and_compact()
    {
        string json = Identity().Json;
        Assert.StartsWith("""{"data":{"augmentation":"tenCrop",""", json);
        Assert.DoesNotContain("\n", json);
    }

    private static string Hash(params string[] changes) => Identity(changes).Hash;

    private static TrainingIdentity Identity(params string[] changes) =>
        TrainingIdentity.Of(StarlingConfiguration.Read("configs/quickstart.json", changes));
}
