using Starling.Data;
using Starling.Model.Parameters;
using Starling.Model.Transformer;

namespace Starling.Model.Tests.Transformer;

public class GptShapeTests
{
    // Numbers of LlamaGen's code for images of 256 pixels, a vocabulary of 16,384, and 1,000 classes and the null
    // class.
    [Theory]
    [InlineData("B", 110_888_448, 110_869_248, 88)]
    [InlineData("L", 342_910_976, 342_860_800, 172)]
    [InlineData("XL", 774_699_520, 774_606_080, 256)]
    [InlineData("XXL", 1_410_972_672, 1_410_823_680, 340)]
    [InlineData("3B", 3_096_659_200, 3_096_502_400, 172)]
    public void Presets_have_LlamaGens_parameters(string preset, long count, long decayed, int tensors)
    {
        GptShape shape = Preset(preset);
        ParameterLayout layout = shape.Layout;
        Assert.Equal(count, layout.Count);
        Assert.Equal(decayed, layout.DecayedCount);
        Assert.Equal(tensors, layout.Parameters.Count);
        Assert.Equal(StateDictionary(shape), layout.Parameters.Select(p => $"{p.Name} [{string.Join(", ", p.Shape)}]"));
    }

    [Theory]
    [InlineData("B", 153.4)]
    [InlineData("L", 509)]
    [InlineData("XL", 1173.7)]
    [InlineData("XXL", 2155)]
    [InlineData("3B", 4701)]
    public void Forward_is_a_third_of_the_known_cost_of_a_step(string preset, double gigaflops) =>
        Assert.Equal(1, 3 * Preset(preset).ForwardFlops / (gigaflops * 1e9), 1e-3);

    [Fact]
    public void Size_keys_override_the_preset_and_names_ignore_case()
    {
        GptShape shape = GptShape.From(new ModelOptions { Preset = "b", Layers = 3, FfnMultiple = 32 }, 512, 64, 9);
        Assert.Equal((768, 3, 12, 2048), (shape.Dim, shape.Layers, shape.Heads, shape.FfnHidden));
        Assert.Equal((8, 64, 9), (shape.Grid, shape.HeadDim, shape.NullClass));
    }

    [Fact]
    public void Mistakes_name_the_key_and_what_to_do()
    {
        Assert.Contains("'H'", Message(new ModelOptions { Preset = "H" }));
        Assert.Contains("B, L, XL, XXL, 3B", Message(new ModelOptions { Preset = "H" }));
        Assert.Contains("model.heads is missing", Message(new ModelOptions { Dim = 64, Layers = 2 }));
        Assert.Contains("model.heads 5 does not divide", Message(new ModelOptions { Dim = 64, Layers = 2, Heads = 5 }));
        Assert.Contains("multiples of 4", Message(new ModelOptions { Dim = 60, Layers = 2, Heads = 10 }));
        Assert.Contains("square", Message(new ModelOptions { Preset = "B" }, tokens: 60));
        Assert.Contains("model.layers is 0", Message(new ModelOptions { Preset = "B", Layers = 0 }));
        Assert.Contains("vocabulary", Message(new ModelOptions { Preset = "B" }, vocabulary: 0));
        Assert.Contains("classes", Message(new ModelOptions { Preset = "B" }, classes: 0));
    }

    private static GptShape Preset(string name) => GptShape.From(new ModelOptions { Preset = name }, 16384, 256, 1000);

    private static string Message(ModelOptions options, int vocabulary = 16, int tokens = 64, int classes = 3)
    {
        string message = Assert.Throws<StarlingException>(
            () => GptShape.From(options, vocabulary, tokens, classes)).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }

    private static IEnumerable<string> StateDictionary(GptShape s)
    {
        string matrix(int rows, int columns) => $"weight [{rows}, {columns}]";
        int hidden = s.Dim switch { 768 => 2048, 1024 => 2816, 1280 => 3584, 1536 => 4096, _ => 8704 };
        return
        [
            "cls_embedding.embedding_table." + matrix(1001, s.Dim),
            "tok_embeddings." + matrix(16384, s.Dim),
            .. Enumerable.Range(0, s.Layers).SelectMany(i => (string[])
            [
                $"layers.{i}.attention.wqkv." + matrix(3 * s.Dim, s.Dim),
                $"layers.{i}.attention.wo." + matrix(s.Dim, s.Dim),
                $"layers.{i}.feed_forward.w1." + matrix(hidden, s.Dim),
                $"layers.{i}.feed_forward.w3." + matrix(hidden, s.Dim),
                $"layers.{i}.feed_forward.w2." + matrix(s.Dim, hidden),
                $"layers.{i}.attention_norm.weight [{s.Dim}]",
                $"layers.{i}.ffn_norm.weight [{s.Dim}]",
            ]),
            $"norm.weight [{s.Dim}]",
            "output." + matrix(16384, s.Dim),
        ];
    }
}
