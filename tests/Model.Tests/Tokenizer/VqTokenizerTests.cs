using Starling.Data;
using Starling.Data.Randomness;
using Starling.Model.Images;
using Starling.Model.Parameters;
using Starling.Model.Tensors;
using Starling.Model.Tokenizer;
using static TorchSharp.torch;

namespace Starling.Model.Tests.Tokenizer;

public sealed class VqTokenizerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("starling-tokenizer-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Codes_depend_neither_on_the_threads_nor_on_the_rest_of_the_batch(bool bfloat16)
    {
        using var scope = NewDisposeScope();
        // The network is wide enough for oneDNN and OpenMP to divide the work differently by number of threads.
        VqShape shape = new()
        {
            Ch = 16,
            ChMult = [1, 2, 4],
            ResBlocks = 1,
            ZChannels = 64,
            CodebookSize = 512,
            CodebookDim = 8,
            NormGroups = 8,
        };
        using VqTokenizer tokenizer = new(shape, VqModelTests.Initialized(shape, 5), bfloat16);
        Tensor images_B3HW = Noise(19, 32);
        int threads = get_num_threads();
        try
        {
            set_num_threads(1);
            long[] expected = Host(tokenizer.Encode(images_B3HW));
            foreach (int count in (int[])[2, 3])
            {
                set_num_threads(count);
                Assert.Equal(expected, Host(tokenizer.Encode(images_B3HW)));
            }
            long[] last = Host(tokenizer.Encode(images_B3HW.narrow(0, 18, 1)));
            Assert.Equal(expected[(18 * 64)..], last);
            Assert.True(expected.Distinct().Count() > 8);
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    [Fact]
    public void Bytes_and_floats_of_the_same_image_have_the_same_codes()
    {
        using var scope = NewDisposeScope();
        using VqTokenizer tokenizer = Tiny();
        byte[] pixels = [.. Enumerable.Range(0, 2 * 3 * 8 * 8).Select(i => (byte)(i * 37))];
        Tensor bytes = tensor(pixels).view(2, 3, 8, 8);
        Tensor codes_BN = tokenizer.Encode(bytes);
        long side = 8 / tokenizer.Downscale;
        Assert.Equal([2L, side * side], codes_BN.shape);
        Assert.Equal(Host(codes_BN), Host(tokenizer.Encode(ImageTensors.FromBytes(pixels, 2, 8, 8))));
        Assert.Equal(2 * 3 * 8 * 8, tokenizer.Decode(codes_BN).Length);
    }

    [Fact]
    public void Weights_fingerprint_and_shape_survive_a_float16_file()
    {
        using var scope = NewDisposeScope();
        string path = Path.Combine(_folder, "sub", "tokenizer.safetensors");
        using TokenizerTrainer trainer = new(new TokenizerTrainingOptions { Shape = VqModelTests.Tiny });
        trainer.Save(path, new Dictionary<string, string> { ["command"] = "test" });
        using VqTokenizer once = VqTokenizer.Load(path), twice = VqTokenizer.Load(path), exact = trainer.ToTokenizer();
        Assert.Equal(VqModelTests.Tiny, once.Shape);
        Assert.Equal("test", once.Metadata["command"]);
        Assert.Equal(once.Fingerprint, twice.Fingerprint);
        Assert.Equal(64, once.Fingerprint.Length);
        Assert.NotEqual(exact.Fingerprint, once.Fingerprint); // The weights were rounded to float16.
        Assert.Equal((32, 2), (once.CodebookSize, once.Downscale));
        Assert.All(SafetensorsFile.ReadHeader(path).Entries, e => Assert.Equal(float16, e.Type));
    }

    [Fact]
    public void A_number_that_the_weights_do_not_tell_is_part_of_the_fingerprint()
    {
        VqShape shape = VqModelTests.Tiny, other = shape with { NormGroups = shape.NormGroups / 2 };
        using VqTokenizer tokenizer = new(shape, VqModelTests.Initialized(shape, 4));
        using VqTokenizer changed = new(other, VqModelTests.Initialized(shape, 4));
        Assert.NotEqual(tokenizer.Fingerprint, changed.Fingerprint);
        Assert.Equal(tokenizer.EarlierFingerprint, changed.EarlierFingerprint);
    }

    [Fact]
    public void A_LlamaGen_file_without_metadata_loads_by_its_tensors()
    {
        using var scope = NewDisposeScope();
        VqShape shape = VqModelTests.Tiny with { Ch = 32, NormGroups = 32 };
        using ParameterStore weights = VqModelTests.Initialized(shape, 1);
        string path = Path.Combine(_folder, "foreign.safetensors");
        HostTensor used = HostTensor.From(VqNames.CodebookUsed.Name, zeros(VqNames.CodebookUsed.Shape));
        SafetensorsFile.Write(path, weights.ToHost().Append(used));
        using VqTokenizer tokenizer = VqTokenizer.Load(path);
        Assert.Equal(shape, tokenizer.Shape);
    }

    [Fact]
    public void A_file_that_is_no_tokenizer_is_refused()
    {
        using var scope = NewDisposeScope();
        string path = Path.Combine(_folder, "other.safetensors");
        SafetensorsFile.Write(path, [HostTensor.From("weight", ones(2))]);
        Assert.Contains(path, Assert.Throws<StarlingException>(() => VqTokenizer.Load(path)).Message);
    }

    [Theory]
    [InlineData(-1.01f, 0)]
    [InlineData(-1f, 0)]
    [InlineData(0f, 128)]
    [InlineData(0.0139f, 129)] // 129.77 is cut, not rounded.
    [InlineData(1.2f, 255)]
    public void Images_become_bytes_as_in_LlamaGens_sampling_script(float value, int expected)
    {
        using var scope = NewDisposeScope();
        Assert.All(ImageTensors.ToBytes(Ops.Filled([1, 3, 1, 1], value)), b => Assert.Equal(expected, b));
    }

    [Fact]
    public void Bytes_become_images_between_minus_one_and_one()
    {
        using var scope = NewDisposeScope();
        Tensor image = ImageTensors.FromBytes([0, 51, 255], 1, 1, 1);
        Assert.True(image.view(3).allclose(tensor([-1f, -0.6f, 1f]), rtol: 0, atol: 1e-6));
    }

    private static VqTokenizer Tiny() => new(VqModelTests.Tiny, VqModelTests.Initialized(VqModelTests.Tiny, 4));

    private static Tensor Noise(long batch, long size)
    {
        Tensor noise = empty(batch, 3, size, size);
        TensorRandom.Normal_(noise, 0.5, 1, RandomPurpose.TokenizerTraining, 1);
        return noise;
    }

    private static long[] Host(Tensor codes_BN) => codes_BN.contiguous().data<long>().ToArray();
}
