using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Starling.Actors.Commands.Train;
using Starling.Actors.Configuration;
using Starling.Actors.Protocol;
using Starling.Actors.Runs;
using Starling.Data.Batches;
using Starling.Model.SelfGuided;
using Starling.Model.Tensors;

namespace Starling.Actors.Tests.Commands.Train;

/// <summary>
/// Compares the files of configs/paper with the settings of the paper (section 4.1, Tables 1 and 2) and of LlamaGen.
/// The machine needs neither ImageNet nor its tokenizer nor a GPU.
/// </summary>
public sealed partial class PaperRowTests
{
    private const long ImageNet = 1_281_167;

    private static readonly Dictionary<string, (string Preset, string Parameters, int Batch, int Depth)> Sizes = new()
    {
        ["b"] = ("B", "110,888,448", 256, 6),
        ["l"] = ("L", "342,910,976", 256, 18),
        ["xl"] = ("XL", "774,699,520", 256, 18),
        ["xxl"] = ("XXL", "1,410,972,672", 512, 0),
        ["3b"] = ("3B", "3,096,659,200", 512, 0),
    };

    // Linear(D, 2048), Linear(2048, 2048), Linear(2048, D), with biases.
    private static readonly Dictionary<string, string> Projectors = new()
    {
        ["b"] = "7,344,896",
        ["l"] = "8,393,728",
        ["xl"] = "9,442,560",
    };

    public static TheoryData<string> Rows => [.. Names];

    [Fact]
    public void Every_row_has_a_file()
    {
        string[] trainedAt256 = ["b-50", "b-300", "l-50", "l-300", "xl-50"];
        IEnumerable<string> rows =
        [
            .. trainedAt256.Append("xxl-50").Append("3b-50").Select(row => $"llamagen-{row}ep"),
            .. trainedAt256.Append("xl-300").Select(row => $"star-{row}ep"),
            .. Sizes.Keys.Select(size => $"llamagen-{size}-384-300ep"),
        ];
        Assert.Equal(rows.Order(), Names.Order());
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Settings_are_the_papers(string name)
    {
        (bool guided, string size, int pixels, int epochs) = Parts(name);
        StarlingOptions o = StarlingConfiguration.Read(PathOf(name), []);
        (string preset, _, int batch, int depth) = Sizes[size];
        Assert.Equal((name, preset, batch), (o.Name, o.Model.Preset, o.Training.GlobalBatch));
        Assert.Equal(epochs * (ImageNet / batch), o.Training.Steps);
        Assert.Equal(1e-4 * batch / 256, o.Optimizer.LearningRate, 1e-12);
        Assert.Equal((0.9, 0.95, 0.05, 1.0),
            (o.Optimizer.Beta1, o.Optimizer.Beta2, o.Optimizer.WeightDecay, o.Optimizer.Clip));
        Assert.Equal((0, 0), (o.Optimizer.WarmupSteps, o.Optimizer.CooldownSteps));
        Assert.Equal((0.1, 0.1, 0.1, 0.1), (o.Model.TokenDropout, o.Model.ResidualDropout, o.Model.FfnDropout,
            o.Model.ClassDropout));
        Assert.Equal((ImageNet, 1000, pixels), (o.Data.ExpectedImages, o.Data.ExpectedClasses, o.Data.ImageSize));
        Assert.Equal((16384, 16), (o.Tokenizer.ExpectedCodes, o.Tokenizer.ExpectedDownscale));
        Assert.Equal((Augmentation.TenCrop, 0.0), (o.Data.Augmentation, o.Data.HoldOut));
        Assert.Equal([1.1, 1.05], o.Data.CropRanges);
        Assert.Equal((Precision.BFloat16, "cuda"), (o.Training.Precision, o.Training.Device));
        Assert.Equal((guided, guided ? 2 : 1), (o.SelfGuided.Enabled, o.SelfGuided.EffectiveStudentViews));
        // The baseline has no contrastive block; its depth is that of its probe.
        Assert.Equal(new SelfGuidedOptions
        {
            Enabled = guided,
            Views = guided ? 2 : 1,
            Depth = depth,
            Alpha = 1.0,
            Beta = 0.5,
            MaskRatio = 0.25,
            ContrastSteps = 4,
            EmaDecay = 0.9999,
        }, o.SelfGuided);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_dry_run_counts_without_data_tokenizer_and_gpu(string name)
    {
        (bool guided, string size, int pixels, _) = Parts(name);
        CommandRunner runner = new();
        Assert.Equal(ExitCodes.Success, await runner.RunAsync("train", "--dry-run", "--config", PathOf(name)));
        string projector = guided ? Projectors[size] : "0";
        string[] parts =
        [
            "1281167 images, 1000 classes", $"{pixels / 16 * (pixels / 16)} tokens of 16384 codes",
            "not found here; counted with data.expectedImages",
            "not found here; counted with tokenizer.expectedCodes",
            "not estimated", $"{ImageNet / Sizes[size].Batch} to an epoch",
        ];
        foreach (string expected in parts) Assert.Contains(expected, runner.Output);
        Assert.Matches($@"(?m)^parameters +{Sizes[size].Parameters} \([0-9. MG]+\) student, {projector}\b.* projector",
            runner.Output);
    }

    [Fact]
    public async Task The_largest_network_is_counted_without_being_built()
    {
        long before = PeakMemory();
        Assert.Equal(ExitCodes.Success,
            await new CommandRunner().RunAsync("train", "--dry-run", "--config", PathOf("llamagen-3b-50ep")));
        // Its weights alone take 12.4 GB.
        Assert.InRange(PeakMemory() - before, 0, 1_000_000_000);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void The_opening_comment_says_what_to_expect_and_what_it_costs(string name)
    {
        string text = File.ReadAllText(PathOf(name));
        string comment = CommentBreak().Replace(text[..text.IndexOf("\n{", StringComparison.Ordinal)], " ");
        foreach (string part in (string[])["Purpose:", "Expected:", "FID", "Source:", "Table", "Arithmetic"])
            Assert.Contains(part, comment);

        StarlingOptions options = StarlingConfiguration.Read(PathOf(name), []);
        TrainingCost cost = TrainingCost.Of(
            options, TransformerShapes.Transformer(options, classes: 1000, new TokenizerSize(16384, 16)));
        double flops = cost.FlopsPerStep * options.Training.Steps;
        string expected = string.Create(CultureInfo.InvariantCulture,
            $"{ReferenceGpu.GpuHours(flops):0} GPU-hours: {flops / 1e18:0.0} EFLOP at 40 % of an H100's 990 TFLOP/s");
        Assert.Contains(expected, comment);
    }

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "configs", "paper");

    private static IEnumerable<string> Names =>
        Directory.GetFiles(Folder, "*.json").Select(file => Path.GetFileNameWithoutExtension(file));

    private static string PathOf(string name) => $"configs/paper/{name}.json";

    private static long PeakMemory()
    {
        using Process process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }

    private static (bool Guided, string Size, int Pixels, int Epochs) Parts(string name)
    {
        Match match = Name().Match(name);
        Assert.True(match.Success, name);
        return (match.Groups[1].Value == "star", match.Groups[2].Value, match.Groups[3].Success ? 384 : 256,
            int.Parse(match.Groups[4].Value, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex("^(llamagen|star)-(b|l|xl|xxl|3b)(-384)?-(50|300)ep$")]
    private static partial Regex Name();

    [GeneratedRegex(@"\s*// *")]
    private static partial Regex CommentBreak();
}
