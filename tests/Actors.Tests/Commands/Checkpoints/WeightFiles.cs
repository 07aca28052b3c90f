using System.Buffers.Binary;
using System.Text;
using Starling.Model.Import;
using Starling.Model.Parameters;
using Starling.Model.Tensors;
using Starling.Model.Tests.Import;
using Starling.Model.Transformer;
using Starling.Tests;
using TorchSharp;

namespace Starling.Actors.Tests.Commands.Checkpoints;

/// <summary>Makes weight files as other programs write them.</summary>
internal static class WeightFiles
{
    /// <summary>A transformer over the 16 codes of <see cref="TinyRun.Shape"/>.</summary>
    public static GptShape Gpt { get; } = new(Dim: 16, Layers: 2, Heads: 2, Vocabulary: 16, Tokens: 16, Classes: 3)
    {
        FfnMultiple = 32,
    };

    /// <summary>Makes random weights, which are the same for the same layout.</summary>
    public static ParameterStore Random(ParameterLayout layout)
    {
        LibTorch.Initialize();
        ParameterStore weights = new(layout, torch.CPU, trainable: false);
        foreach (ParameterShape p in layout.Parameters) weights.InitializeNormal(p.Name, 0.1, seed: 1);
        return weights;
    }

    /// <summary>Writes <see cref="Gpt"/> with everything in its metadata that an import writes.</summary>
    public static void SaveGpt(string path)
    {
        using ParameterStore weights = Random(Gpt.Layout);
        ModelExport.Gpt(path, Gpt, weights);
    }

    /// <summary>Writes <see cref="Gpt"/>, changed, without any metadata.</summary>
    public static void SaveGpt(string path, Func<IEnumerable<HostTensor>, IEnumerable<HostTensor>> change)
    {
        using ParameterStore weights = Random(Gpt.Layout);
        SafetensorsFile.Write(path, change(weights.ToHost()));
    }

    /// <summary>Writes <see cref="Gpt"/> as torch.save does: under 'model', beside an argparse Namespace.</summary>
    public static void SavePyTorch(string path, Func<PickleBuilder, PickleBuilder>? beside = null)
    {
        using ParameterStore weights = Random(Gpt.Layout);
        HostTensor[] tensors = [.. weights.ToHost()];
        PickleBuilder pickle = new PickleBuilder().Op('}').Op('(').Text("model").Op('}').Op('(');
        for (int i = 0; i < tensors.Length; i++)
        {
            long[] shape = [.. tensors[i].Shape], strides = shape.Length == 1 ? [1] : [shape[1], 1];
            pickle.Text(tensors[i].Name).Tensor($"{i}", shape.Aggregate(1L, (a, b) => a * b), 0, shape, strides);
        }
        pickle.Op('u').Text("args").Global("argparse", "Namespace").Op(')').Raw(0x81)
            .Op('}').Text("image_size").Integer(64).Op('s').Op('b');
        (beside?.Invoke(pickle) ?? pickle).Op('u')
            .Save(path, [.. tensors.Select((t, i) => ($"{i}", t.Bytes.ToArray()))]);
    }

    /// <summary>Writes a safetensors file with any header.</summary>
    public static void SaveHeader(string path, string json, int dataBytes, long? claimed = null)
    {
        byte[] header = Encoding.UTF8.GetBytes(json), length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, claimed ?? header.Length);
        File.WriteAllBytes(path, [.. length, .. header, .. new byte[dataBytes]]);
    }

    /// <summary>Reads type, shape and raw bits of every tensor of a file.</summary>
    public static SortedDictionary<string, string> Bits(string path)
    {
        using var scope = torch.NewDisposeScope();
        return Bits(SafetensorsFile.Read(path).Select(t => HostTensor.From(t.Key, t.Value)));
    }

    /// <summary>Returns type, shape and raw bits of weights in memory.</summary>
    public static SortedDictionary<string, string> Bits(IEnumerable<HostTensor> tensors) => new(tensors.ToDictionary(
        t => t.Name, t => $"{t.Type} [{string.Join(',', t.Shape)}] {Convert.ToHexString(t.Bytes.Span)}"));

    /// <summary>Returns the path of a file of <c>tests/golden</c>, or of the folder that replaces it.</summary>
    public static string Golden(string name) => GoldenFolder.PathOf(name);
}
