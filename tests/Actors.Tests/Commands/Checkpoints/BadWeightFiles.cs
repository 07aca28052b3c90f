using System.IO.Compression;
using Starling.Model.Parameters;
using Starling.Model.Tensors;
using Starling.Model.Tests.Import;
using Starling.Model.Tokenizer;
using static TorchSharp.torch;

namespace Starling.Actors.Tests.Commands.Checkpoints;

/// <summary>Damaged and hostile weight files, named by their fault.</summary>
internal static class BadWeightFiles
{
    private const int DataBytes = 12;

    /// <summary>Functions that write such a file to a path, by name.</summary>
    public static IReadOnlyDictionary<string, Action<string>> All { get; } = new Dictionary<string, Action<string>>
    {
        ["overlapping"] = path => SaveHeader(path, Entry("a", 0, 8), Entry("b", 4, 12)),
        ["outside"] = path => SaveHeader(path, Entry("a", 0, 8), Entry("b", 8, 16)),
        ["huge header"] = path => WeightFiles.SaveHeader(path, "{}", DataBytes, claimed: 10_000_000_000),
        ["unknown type"] = path => SaveHeader(path, Entry("a", 0, 8, type: "F33")),
        ["many dimensions"] = path =>
            SaveHeader(path, Entry("a", 0, 4, shape: string.Join(',', Enumerable.Repeat(1, 100)))),
        ["hostile names"] = path =>
            SaveHeader(path, Entry($"\\n\\u001b[2J\\u202e{new string('x', 1_000_000)}", 0, 9)),
        ["truncated safetensors"] = path => Cut(path, WeightFiles.SaveGpt, 100),
        ["integers"] = path => SaveTokenizer(path, TinyRun.Shape, t => t with { Type = ScalarType.Int32 }),
        ["huge claim"] = path => SafetensorsFile.Write(path, [Number("a")],
            VqMetadata.Of(TinyRun.Shape with { Ch = 4096, ChMult = [4096, 4096] })),
        ["indivisible groups"] = path => SaveTokenizer(path, TinyRun.Shape with { NormGroups = 3 }, t => t),
        ["noise"] = path => File.WriteAllText(path, "No weights, whatever the name of the file says."),
        ["empty"] = path => File.WriteAllBytes(path, []),
        ["folder"] = path => Directory.CreateDirectory(path),
        ["missing"] = _ => { },

        ["truncated zip"] = path => Cut(path, p => WeightFiles.SavePyTorch(p), 1000),
        ["endless pickle"] = path => new PickleBuilder().Repeat(3_000_000, (byte)']').Save(path),
        ["bomb"] = path => PickleBuilder.Save(path, Weights(4 << 20, 4 << 20, 1).Bytes,
            [("0", new byte[16 << 20])], CompressionLevel.SmallestSize),
        ["huge view"] = path => Weights(6, 1L << 40, 0).Save(path, ("0", new byte[24])),
        ["hostile"] = path => File.Copy(WeightFiles.Golden("pt/hostile.pt"), path),
        ["old format"] = path => File.WriteAllBytes(path, [0x80, 2, 0x8A, 10, 1, 2, 3]),
        ["many names"] = path => WeightFiles.SaveGpt(path, tensors =>
            [.. tensors, .. Enumerable.Range(0, 2000).Select(i => Number($"{i}\u001b[31m\n{new string('y', 300)}"))]),
    };

    private static string Entry(string name, int begin, int end, string type = "F32", string shape = "2") =>
        $"\"{name}\":{{\"dtype\":\"{type}\",\"shape\":[{shape}],\"data_offsets\":[{begin},{end}]}}";

    private static void SaveHeader(string path, params string[] entries) =>
        WeightFiles.SaveHeader(path, $"{{{string.Join(',', entries)}}}", DataBytes);

    private static void Cut(string path, Action<string> save, int bytes)
    {
        save(path);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^bytes]);
    }

    private static void SaveTokenizer(string path, VqShape shape, Func<HostTensor, HostTensor> change)
    {
        using ParameterStore weights = WeightFiles.Random(shape.Layout());
        SafetensorsFile.Write(path, weights.ToHost().Select(change), VqMetadata.Of(shape));
    }

    private static PickleBuilder Weights(long elements, long size, long stride) =>
        new PickleBuilder().Op('}').Text("w").Tensor("0", elements, 0, [size], [stride]).Op('s');

    private static HostTensor Number(string name) => new(name, ScalarType.Float32, [1], new byte[4]);
}
