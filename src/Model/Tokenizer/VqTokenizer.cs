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
/// A frozen VQ model, which turns images into codes and back. The codes of an image depend on the image and the weights
/// alone, not on the other images of the batch nor on the number of threads. To that end the networks always see chunks
/// of one size: on small inputs libtorch chooses its convolution by batch size and thread count.
/// </summary>
public sealed class VqTokenizer : IDisposable
{
    /// <summary>
    /// Number of images that go through the networks at once. Smaller batches are filled up with zeros.
    /// </summary>
    public const int Chunk = 16;

    private readonly VqModel _model;
    private readonly bool _bfloat16;

    /// <summary>Makes a tokenizer from trained weights.</summary>
    /// <param name="shape">Size of the network.</param>
    /// <param name="weights">Its parameters; the tokenizer disposes them.</param>
    /// <param name="bfloat16">
    /// Whether convolutions compute in bfloat16 (autocast). That is faster, and a few codes differ.
    /// </param>
    public VqTokenizer(VqShape shape, ParameterStore weights, bool bfloat16 = false)
    {
        _model = new VqModel(shape, weights);
        _bfloat16 = bfloat16;
        (Fingerprint, EarlierFingerprint) = Hash(weights, shape);
    }

    /// <summary>Size of the network.</summary>
    public VqShape Shape => _model.Shape;

    /// <summary>Number of codes V.</summary>
    public int CodebookSize => Shape.CodebookSize;

    /// <summary>Side of an image divided by the side of its grid of codes.</summary>
    public int Downscale => Shape.Downscale;

    /// <summary>
    /// The fingerprint: SHA-256 over the names, shapes and float32 values of the weights and the number of groups of
    /// the normalisations, in lower-case hexadecimal. That number is the only one that the weights do not tell.
    /// </summary>
    public string Fingerprint { get; }

    /// <summary>The fingerprint that version 0.1 gave the same tokenizer: a hash of the weights alone.</summary>
    public string EarlierFingerprint { get; }

    /// <summary>
    /// Metadata of the file that the tokenizer was read from: shape, training command, and what the writer added.
    /// </summary>
    public IReadOnlyDictionary<string, string> Metadata { get; private init; } = new Dictionary<string, string>();

    /// <summary>
    /// Reads a safetensors file of any float type. The shape comes from the metadata; a file of LlamaGen has none, and
    /// the shape comes from its tensors.
    /// </summary>
    /// <exception cref="StarlingException">The file does not exist, or holds no VQ model.</exception>
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

    /// <summary>
    /// Encodes images [B, 3, H, W], bytes 0..255 or floats in [−1, 1], to codes [B, N], int64, in the caller's dispose
    /// scope.
    /// </summary>
    public Tensor Encode(Tensor pixels_B3HW)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor pixels = pixels_B3HW.to(_model.Weights.Device);
        Tensor images_B3HW = pixels.dtype == uint8 ? ImageTensors.ToUnit(pixels) : pixels.to(float32);
        return InChunks(images_B3HW.contiguous(), EncodeChunk).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Decodes codes [B, N] to images [B, 3, H, W]. Their values may leave [−1, 1] a little.
    /// </summary>
    /// <param name="codes_BN">The codes, row by row.</param>
    /// <param name="rows">Rows of the grid of codes; null for a square grid.</param>
    public Tensor DecodeFloat(Tensor codes_BN, int? rows = null)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        int height = rows ?? (int)Math.Round(Math.Sqrt(codes_BN.size(1)));
        Tensor codes = codes_BN.to(_model.Weights.Device);
        return InChunks(codes, chunk => DecodeChunk(chunk, height)).MoveToOuterDisposeScope();
    }

    /// <summary>Decodes codes [B, N] to bytes (B, 3, H, W).</summary>
    /// <param name="codes_BN">The codes, row by row.</param>
    /// <param name="rows">Rows of the grid of codes; null for a square grid.</param>
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

    private static (string Fingerprint, string Earlier) Hash(ParameterStore weights, VqShape shape)
    {
        using IncrementalHash hash = Sha256.Begin();
        foreach (HostTensor tensor in weights.ToHost())
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{tensor.Name}[{string.Join(',', tensor.Shape)}]\n"));
            hash.AppendData(tensor.Bytes.Span);
        }
        string earlier = Convert.ToHexStringLower(hash.GetCurrentHash());
        hash.AppendData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"norm_groups {shape.NormGroups}\n")));
        return (hash.Hex(), earlier);
    }
}
