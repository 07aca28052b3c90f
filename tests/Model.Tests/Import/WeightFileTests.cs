using System.Runtime.InteropServices;
using Starling.Data;
using Starling.Model.Import;
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.Tests.Import;

public sealed class WeightFileTests : IDisposable
{
    private static readonly byte[] Six = MemoryMarshal.AsBytes<float>([0, 1, 2, 3, 4, 5]).ToArray();

    private readonly TempFolder _folder = new();

    private string Pt => _folder["weights.pt"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("model")]
    [InlineData("module")]
    [InlineData("state_dict")]
    [InlineData("ema")]
    public void Every_container_is_found(string container)
    {
        using var scope = NewDisposeScope();
        new PickleBuilder().Op('}').Text(container).Op('}').Text("w").Tensor("0", 6, 0, [6], [1]).Op('s').Op('s')
            .Save(Pt, ("0", Six));
        WeightFile file = WeightFile.Read(Pt);
        Assert.Equal(container, file.Source.Container);
        Assert.Equal([0f, 1, 2, 3, 4, 5], file.Tensors["w"].data<float>());
    }

    [Fact]
    public void The_average_is_taken_when_asked_for_and_a_missing_container_is_named()
    {
        using var scope = NewDisposeScope();
        new PickleBuilder().Op('}').Op('(')
            .Text("ema").Op('}').Text("w").Tensor("0", 6, 1, [2], [1]).Op('s')
            .Text("model").Op('}').Text("w").Tensor("0", 6, 0, [2], [1]).Op('s').Op('u')
            .Save(Pt, ("0", Six));
        Assert.Equal([0f, 1], WeightFile.Read(Pt).Tensors["w"].data<float>());
        Assert.Equal([1f, 2], WeightFile.Read(Pt, "ema").Tensors["w"].data<float>());
        Assert.Contains("under 'module', only the keys: ema, model", Refusal("module"));
    }

    [Fact]
    public void Wrappers_prefixes_are_taken_off_when_every_name_has_them()
    {
        using var scope = NewDisposeScope();
        new PickleBuilder().Op('}')
            .Text("module._orig_mod.a").Tensor("0", 6, 0, [2], [1]).Op('s')
            .Text("module._orig_mod.module.b").Tensor("0", 6, 0, [2], [1]).Op('s')
            .Save(Pt, ("0", Six));
        Assert.Equal(["a", "module.b"], WeightFile.Read(Pt).Tensors.Keys.Order());
    }

    [Fact]
    public void Parameters_scalars_empty_transposed_repeated_and_overlapping_tensors_are_read()
    {
        using var scope = NewDisposeScope();
        new PickleBuilder().Op('}').Op('(')
            .Text("parameter").Global("torch._utils", "_rebuild_parameter").Op('(').Tensor("0", 6, 0, [2, 3], [3, 1])
            .Raw(0x88).Global("collections", "OrderedDict").Op(')').Op('R').Op('t').Op('R')
            .Text("scalar").Tensor("0", 6, 5, [], [])
            .Text("empty").Tensor("0", 6, 6, [0, 4], [4, 1])
            .Text("transposed").Tensor("0", 6, 0, [3, 2], [1, 3])
            .Text("repeated").Tensor("0", 6, 4, [3], [0])
            .Text("overlapping").Tensor("0", 6, 0, [5, 2], [1, 1])
            .Op('u').Save(Pt, ("0", Six));
        IReadOnlyDictionary<string, Tensor> read = WeightFile.Read(Pt).Tensors;
        Assert.Equal([2, 3], read["parameter"].shape);
        Assert.Equal(5f, read["scalar"].item<float>());
        Assert.Equal([0, 4], read["empty"].shape);
        Assert.Equal([0f, 3, 1, 4, 2, 5], read["transposed"].data<float>());
        Assert.Equal([4f, 4, 4], read["repeated"].data<float>());
        Assert.Equal([0f, 1, 1, 2, 2, 3, 3, 4, 4, 5], read["overlapping"].data<float>());
    }

    [Theory]
    [InlineData("DoubleStorage", ScalarType.Float64, 8)]
    [InlineData("FloatStorage", ScalarType.Float32, 4)]
    [InlineData("HalfStorage", ScalarType.Float16, 2)]
    [InlineData("BFloat16Storage", ScalarType.BFloat16, 2)]
    [InlineData("LongStorage", ScalarType.Int64, 8)]
    [InlineData("IntStorage", ScalarType.Int32, 4)]
    [InlineData("ShortStorage", ScalarType.Int16, 2)]
    [InlineData("CharStorage", ScalarType.Int8, 1)]
    [InlineData("ByteStorage", ScalarType.Byte, 1)]
    [InlineData("BoolStorage", ScalarType.Bool, 1)]
    public void Every_element_type_is_read(string storage, ScalarType type, int size)
    {
        using var scope = NewDisposeScope();
        byte[] data = [.. Enumerable.Range(0, 2 * size).Select(i => (byte)(i % 2))];
        new PickleBuilder().Op('}').Text("w").Tensor("k", 2, 0, [2], [1], storage).Op('s').Save(Pt, ("k", data));
        Tensor read = WeightFile.Read(Pt).Tensors["w"];
        Assert.Equal(type, read.dtype);
        Assert.Equal(data, read.bytes.ToArray());
    }

    [Fact]
    public void Pickles_of_protocol_4_are_read()
    {
        using var scope = NewDisposeScope();
        // PROTO 4, FRAME, EMPTY_DICT, MEMOIZE, SHORT_BINUNICODE "w" and names pushed for STACK_GLOBAL
        new PickleBuilder().Raw(0x80, 4).Raw(0x95, 0, 0, 0, 0, 0, 0, 0, 0).Op('}').Raw(0x94).Raw(0x8C, 1, (byte)'w')
            .Text("torch._utils").Text("_rebuild_tensor_v2").Raw(0x93).Raw(0x94).Op('(').Op('(').Text("storage")
            .Text("torch").Text("FloatStorage").Raw(0x93).Text("0").Text("cpu").Raw((byte)'K', 6).Op('t').Op('Q')
            .Raw((byte)'K', 0).Raw((byte)'K', 6, 0x85).Raw((byte)'K', 1, 0x85).Raw(0x89).Op('N').Op('t').Op('R')
            .Op('s').Save(Pt, ("0", Six));
        Assert.Equal([0f, 1, 2, 3, 4, 5], WeightFile.Read(Pt).Tensors["w"].data<float>());
    }

    [Fact]
    public void Safetensors_are_told_by_their_content()
    {
        using var scope = NewDisposeScope();
        string path = _folder["misnamed.pt"];
        Dictionary<string, string> metadata = new() { ["a"] = "b" };
        SafetensorsFile.Write(path, [HostTensor.From("module.w", ones(2))], metadata);
        WeightFile file = WeightFile.Read(path);
        Assert.Equal(["w"], file.Tensors.Keys);
        Assert.Equal("b", file.Settings["a"]);
        Assert.Throws<StarlingException>(() => WeightFile.Read(path, "model"));
    }

    private string Refusal(string? container = null) =>
        Assert.Throws<StarlingException>(() => WeightFile.Read(Pt, container)).Message;
}
