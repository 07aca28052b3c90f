// B: images, H, W: pixel rows and columns, N: codes of an image, row by row
using System.Security.Cryptography;
using System.Text;
using Starling.Data;
using Starling.Model.Images;
using Starling.Model.Parameters;
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.Tokenizer;

/// <summary>
/// A frozen VQ model: images to codes and back. What an image's codes are depends on the image and the weights
/// alone, not on its neighbours in the batch nor on the number of threads: networks always see chunks of one size,
/// since libtorch chooses its convolution by batch size and thread count when there is little to do.
/// </summary>
public sealed class VqTokenizer : IDisposable
{
    /// <summary>Images that go through the networks at once; smaller batches are filled up.</summary>
    public const int Chunk = 16;

    private readonly VqModel _model;
    private readonly bool _bfloat16;

    /// <summary>Takes over trained weights.</summary>
    /// <param name="shape">Size of the network.</param>
    /// <param name="weights">Its parameters; disposed with the tokenizer.</param>
    /// <param name="bfloat16">Convolutions in bfloat16 (autocast): faster, and a few codes differ.</param>
    public VqTokenizer(VqShape shape, ParameterStore weights, bool bfloat16 = false)
    {
        _model = new VqModel(shape, weights);
        _bfloat16 = bfloat16;
        Fingerprint = Hash(weights);
    }

    /// <summary>Size of the network.</summary>
    public VqShape Shape => _model.Shape;

    /// <summary>V.</summary>
    public int CodebookSize => Shape.CodebookSize;

    /// <summary>Image side divided by token-grid side.</summary>
    public int Downscale => Shape.Downscale;

    /// <summary>SHA-256 over names, shapes and float32 values of all weights, in lower-case hexadecimal.</summary>
    public string Fingerprint { get; }

    /// <summary>Metadata of the file it came from: shape, training command, and what its writer added.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; private init; } = new Dictionary<string, string>();

    /// <summary>
    /// Reads a safetensors file of any float type, with the shape in its metadata, or LlamaGen's without metadata.
    /// </summary>
    /// <exception cref="StarlingException">No such file, or it is no VQ model.</exception>
    public static VqTokenizer Load(string path, Device? device = null, bool bfloat16 = false)
    {
        LibTorch.Initialize();
        using var scope = NewDisposeScope();
        SafetensorsHeader header = SafetensorsFile.ReadHeader(path);
        VqShape shape = VqMetadata.Read(header, path);
        ParameterStore weights = ParameterStore.Frozen(shape.Layout(), device ?? CPU,
            SafetensorsFile.Read(path, name => name != VqNames.CodebookUsed.Name), path);
        return new VqTokenizer(shape, weights, bfloat16) { Metadata = header.Metadata };
    }

    /// <summary>Number of codes N of a square image of <paramref name="size"/> pixels.</summary>
    public int CodesFor(int size) => size / Downscale * (size / Downscale);

    /// <summary>
    /// Images [B, 3, H, W], bytes 0..255 or floats in [−1, 1], to codes [B, N], int64, in the caller's dispose scope.
    /// </summary>
    public Tensor Encode(Tensor pixels_B3HW)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor pixels = pixels_B3HW.to(_model.Weights.Device);
        Tensor images_B3HW = pixels.dtype == uint8 ? ImageTensors.ToUnit(pixels) : pixels.to(float32);
        return InChunks(images_B3HW.contiguous(), EncodeChunk).MoveToOuterDisposeScope();
    }

    /// <summary>Codes [B, N] to images [B, 3, H, W], about [−1, 1]; the grid is square unless told.</summary>
    public Tensor DecodeFloat(Tensor codes_BN, int? rows = null)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        int height = rows ?? (int)Math.Round(Math.Sqrt(codes_BN.size(1)));
        Tensor codes = codes_BN.to(_model.Weights.Device);
        return InChunks(codes, chunk => DecodeChunk(chunk, height)).MoveToOuterDisposeScope();
    }

    /// <summary>Codes [B, N] to bytes (B, 3, H, W).</summary>
    public byte[] Decode(Tensor codes_BN, int? rows = null)
    {
        using var scope = NewDisposeScope();
        return ImageTensors.ToBytes(DecodeFloat(codes_BN, rows));
    }

    /// <summary>Frees the weights.</summary>
    public void Dispose() => _model.Weights.Dispose();

    private Tensor EncodeChunk(Tensor images_B3HW)
    {
        Tensor latents_BDhw;
        using (Autocast.BFloat16(_model.Weights.Device, _bfloat16)) latents_BDhw = _model.Encode(images_B3HW);
        return _model.Nearest(latents_BDhw);
    }

    private Tensor DecodeChunk(Tensor codes_BN, int rows)
    {
        using Autocast cast = Autocast.BFloat16(_model.Weights.Device, _bfloat16);
        return _model.DecodeIndices(codes_BN, rows).to(float32);
    }

    private static Tensor InChunks(Tensor input_B, Func<Tensor, Tensor> network)
    {
        long batch = input_B.size(0);
        long[] rest = [.. input_B.shape[1..]];
        long padding = (Chunk - (batch % Chunk)) % Chunk;
        Tensor filled = cat([input_B, zeros([padding, .. rest], input_B.dtype, input_B.device)]);
        List<Tensor> results = [];
        for (long at = 0; at < batch; at += Chunk) results.Add(network(filled.narrow(0, at, Chunk)));
        return cat(results).narrow(0, 0, batch).clone();
    }

    private static string Hash(ParameterStore weights)
    {
        using IncrementalHash hash = Sha256.Begin();
        foreach (HostTensor tensor in weights.ToHost())
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{tensor.Name}[{string.Join(',', tensor.Shape)}]\n"));
            hash.AppendData(tensor.Bytes.Span);
        }
        return hash.Hex();
    }
}
