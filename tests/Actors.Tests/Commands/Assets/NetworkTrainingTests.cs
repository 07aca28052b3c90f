using Starling.Actors.Protocol;
using Starling.Actors.Tests.Support;
using Starling.Model.Features;
using Starling.Model.Tensors;
using Starling.Model.Tokenizer;

namespace Starling.Actors.Tests.Commands.Assets;

public sealed class NetworkTrainingTests : IDisposable
{
    private readonly CommandRunner _runner = new();
    private readonly TestFolder _folder = new();

    public NetworkTrainingTests()
    {
        LibTorch.Initialize();
        File.WriteAllText(_folder["tokenizer.json"], $$"""
            {
              "output": "{{_folder["out/tokenizer.safetensors"]}}",
              "data": { "imageSize": 32, "augmentation": "none" },
              "tokenizer": {
                "shape": { "ch": 8, "chMult": [1, 1, 1], "resBlocks": 1, "zChannels": 8, "codebookSize": 16,
                           "codebookDim": 4, "normGroups": 4 },
                "batch": 2, "steps": 2, "discriminatorStart": 1, "discriminatorWidth": 4, "precision": "float32"
              }
            }
            """);
        File.WriteAllText(_folder["features.json"], $$"""
            {
              "output": "{{_folder["features.safetensors"]}}",
              "data": { "imageSize": 32 },
              "classifier": { "name": "test-v1", "shape": { "widths": [8, 8] }, "batch": 4, "steps": 2,
                              "precision": "float32" }
            }
            """);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_tokenizer_is_trained_and_shows_what_it_makes_of_images()
    {
        Assert.Equal(ExitCodes.Success, await TrainAsync("tokenizer"));
        string file = _folder["out/tokenizer.safetensors"];
        Assert.Contains("step 2/2", _runner.Output);
        Assert.Contains($"{file}: 2 of 2 steps", _runner.Output);
        using (VqTokenizer tokenizer = VqTokenizer.Load(file))
        {
            Assert.Equal(16, tokenizer.CodebookSize);
            Assert.StartsWith("starling tokenizer train --config", tokenizer.Metadata["command"]);
            Assert.Contains("\"discriminatorStart\":1", tokenizer.Metadata["configuration"]);
        }

        Assert.Equal(ExitCodes.Success, await _runner.RunAsync("tokenizer", "reconstruct", "--tokenizer", file,
            "--image-size", "32", "--images", "3", "--out", _folder["r.png"]));
        Assert.Matches(@"3 held-out images: \d+\.\d\d dB, \d+ of 16 codes used", _runner.Output);
        Assert.True(File.Exists(_folder["r.png"]));

        // The option's former name.
        Assert.Equal(ExitCodes.Success, await _runner.RunAsync("tokenizer", "reconstruct", "--tokenizer", file,
            "--image-size", "32", "--pictures", "2", "--out", _folder["r.png"]));
        Assert.Contains("2 held-out images: ", _runner.Output);
    }

    [Fact]
    public async Task A_feature_network_is_trained_and_can_judge_a_tokenizers_images()
    {
        Assert.Equal(ExitCodes.Success, await TrainAsync("features"));
        Assert.Contains("accuracy on held-out images", _runner.Output);
        using (ImageClassifier network = ImageClassifier.Load(_folder["features.safetensors"]))
            Assert.Equal("test-v1", network.Name);

        Assert.Equal(ExitCodes.Success, await TrainAsync("tokenizer",
            "--set", $"perceptualNetwork={_folder["features.safetensors"]}", "tokenizer.steps=1"));
        Assert.DoesNotContain("perceptual 0 ", _runner.Output);
    }

    [Theory]
    [InlineData("tokenizer", "data.imageSize = 30: must be a multiple of 4", "data.imageSize=30")]
    [InlineData("tokenizer", "tokenizer.shape.ch = 0: must be between 1 and 4096", "tokenizer.shape.ch=0")]
    [InlineData("tokenizer", "cannot be written", "output=/proc/none/x.safetensors")]
    [InlineData("features", "classifier.shape.classes = 5: the data has 9", "classifier.shape.classes=5")]
    [InlineData("features", "did you mean classifier.steps?", "classifier.stepz=5")]
    public async Task Mistakes_are_found_before_the_training(string kind, string expected, string change)
    {
        Assert.Equal(ExitCodes.UserError, await TrainAsync(kind, "--set", change));
        Assert.Contains(expected, Assert.Single(_runner.ErrorLines));
    }

    private Task<int> TrainAsync(string kind, params string[] more) =>
        _runner.RunAsync([kind, "train", "--config", _folder[$"{kind}.json"], .. more]);
}
