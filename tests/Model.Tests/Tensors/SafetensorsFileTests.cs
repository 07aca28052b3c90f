using System.Buffers.Binary;
using System.Text;
using Starling.Data;
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.Tests.Tensors;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"starling-{Guid.NewGuid():N}.safetensors");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Round_trip_keeps_names_types_shapes_bytes_and_metadata()
    {
        using var scope = NewDisposeScope();
        Tensor weight = Ops.Range(6).to(ScalarType.Float32).view(2, 3);
        Tensor half = weight.to(ScalarType.BFloat16), empty = zeros(0, 4);
        SafetensorsFile.Write(_path,
            [HostTensor.From("weight", weight), HostTensor.From("half", half), HostTensor.From("empty", empty)],
            new Dictionary<string, string> { ["step"] = "7" });

        Assert.Equal("7", SafetensorsFile.ReadHeader(_path).Metadata["step"]);
        Dictionary<string, Tensor> read = SafetensorsFile.Read(_path);
        Assert.Equal(["empty", "half", "weight"], read.Keys.Order());
        Assert.Equal(weight.bytes, read["weight"].bytes);
        Assert.Equal(half.bytes, read["half"].bytes);
        Assert.Equal(ScalarType.BFloat16, read["half"].dtype);
        Assert.Equal([0, 4], read["empty"].shape);
        Assert.Equal(0, SafetensorsFile.ReadHeader(_path).DataStart % 64);
    }

    [Theory]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":""" +
        """{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""",
        12, "overlaps")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}""", 8, "outside the file")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,16]}}""", 16, "offsets")]
    [InlineData("""{"a":{"dtype":"Q7","shape":[2],"data_offsets":[0,8]}}""", 8, "unknown dtype 'Q7'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,8],"data_offsets":[0,8]}}""", 8,
        "impossibly large")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 9, "follow the last tensor")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "hole")]
    [InlineData("""{"a":[[[[[[[[[[]]]]]]]]]]}""", 0, "header is not valid")]
    public void A_damaged_header_is_one_clear_error(string header, int dataBytes, string expected)
    {
        byte[] json = Encoding.UTF8.GetBytes(header), file = new byte[8 + json.Length + dataBytes];
        BinaryPrimitives.WriteInt64LittleEndian(file, json.Length);
        json.CopyTo(file, 8);
        File.WriteAllBytes(_path, file);
        StarlingException error = Assert.Throws<StarlingException>(() => SafetensorsFile.Read(_path));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains(_path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_of_ten_gigabytes_is_refused_before_anything_is_allocated()
    {
        byte[] file = new byte[64];
        BinaryPrimitives.WriteInt64LittleEndian(file, 10_000_000_000);
        File.WriteAllBytes(_path, file);
        Assert.Contains("10000000000", Assert.Throws<StarlingException>(() => SafetensorsFile.Read(_path)).Message);
    }

    [Fact]
    public void A_missing_file_is_named() =>
        Assert.Contains("nowhere",
            Assert.Throws<StarlingException>(() => SafetensorsFile.Read("nowhere.safetensors")).Message);
}
