// B: images, H, W: pixel rows and columns, h, w: token rows and columns, N = h·w, Z: latent channels, D: code width,
// V: codes
using Starling.Data;
using Starling.Model.Parameters;
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.Tokenizer;

/// <summary>
/// LlamaGen's VQ model: a convolutional encoder, a quantizer with codes of unit length, and a convolutional decoder.
/// The model takes part in autograd if its <paramref name="weights"/> do. Images are float, channels first, in [−1, 1].
/// </summary>
/// <param name="shape">Size of the network.</param>
/// <param name="weights">Its parameters, laid out by <see cref="VqShape.Layout"/>; the caller disposes them.</param>
public sealed class VqModel(VqShape shape, ParameterStore weights)
{
    /// <summary>The commitment loss' factor (LlamaGen's commit_loss_beta).</summary>
    public const double CommitWeight = 0.25;

    private readonly VqLayers _layers = new(shape, weights);

    /// <summary>Size of the network.</summary>
    public VqShape Shape => shape;

    /// <summary>Parameters of the network.</summary>
    public ParameterStore Weights => weights;

    /// <summary>Encodes images [B, 3, H, W] to latents [B, D, h, w], which are not of unit length yet.</summary>
    /// <exception cref="StarlingException">The image's sides are no multiples of the downscale.</exception>
    public Tensor Encode(Tensor images_B3HW)
    {
        CheckSides(images_B3HW);
        using var scope = NewDisposeScope();
        int last = shape.ChMult.Count - 1;
        Tensor x = _layers.Convolve(images_B3HW, "encoder.conv_in");
        for (int level = 0; level <= last; level++)
        {
            string block = $"encoder.conv_blocks.{level}";
            for (int i = 0; i < shape.ResBlocks; i++)
            {
                x = _layers.Residual(x, $"{block}.res.{i}");
                if (level == last) x = _layers.Attend(x, $"{block}.attn.{i}");
            }
            if (level < last) x = _layers.Downsample(x, $"{block}.downsample.conv");
        }
        x = _layers.Middle(x, "encoder.mid");
        Tensor z_BZhw = _layers.Activated(x, "encoder.norm_out", "encoder.conv_out");
        return _layers.Convolve(z_BZhw, "quant_conv").MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Finds the nearest code of each latent. The gradient of the codes passes straight through to the latents. The two
    /// losses pull codes and latents together. The caller must be outside autocast, because the choice of a code
    /// depends on distances in float32.
    /// </summary>
    public Quantized Quantize(Tensor latents_BDhw)
    {
        using var scope = NewDisposeScope();
        long[] size = latents_BDhw.shape;
        Tensor z_MD = UnitRows(latents_BDhw);
        Tensor codes_VD = weights[VqNames.Codebook].Normalized();
        Tensor indices_M = Nearest(z_MD, codes_VD);
        Tensor quantized_MD = codes_VD.index_select(0, indices_M);
        Tensor vqLoss = MeanSquare(quantized_MD - z_MD.detach());
        Tensor commitLoss = MeanSquare(quantized_MD.detach() - z_MD).Times(CommitWeight);
        Tensor straight_MD = z_MD.Plus((quantized_MD - z_MD).detach());
        // The tensor is made contiguous, because GroupNorm's kernel for channels-last tensors sums in an order that
        // depends on the number of threads.
        Tensor straight_BDhw = straight_MD.reshape(size[0], size[2], size[3], size[1]).permute(0, 3, 1, 2).contiguous();
        return new Quantized(
            straight_BDhw.MoveToOuterDisposeScope(),
            indices_M.view(size[0], size[2] * size[3]).MoveToOuterDisposeScope(),
            z_MD.detach().MoveToOuterDisposeScope(),
            vqLoss.MoveToOuterDisposeScope(),
            commitLoss.MoveToOuterDisposeScope());
    }

    /// <summary>Encodes images [B, 3, H, W] to codes [B, N], int64, row by row, without gradient.</summary>
    public Tensor EncodeIndices(Tensor images_B3HW)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        return Nearest(Encode(images_B3HW)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Finds the nearest codes [B, N], int64, row by row, of latents [B, D, h, w]. The caller must be outside autocast.
    /// </summary>
    public Tensor Nearest(Tensor latents_BDhw)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor codes_VD = weights[VqNames.Codebook].Normalized();
        return Nearest(UnitRows(latents_BDhw), codes_VD).view(latents_BDhw.size(0), -1).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Decodes quantized latents [B, D, h, w] to images [B, 3, H, W]. Their values may leave [−1, 1] a little.
    /// </summary>
    public Tensor Decode(Tensor quantized_BDhw)
    {
        using var scope = NewDisposeScope();
        int last = shape.ChMult.Count - 1;
        Tensor z_BZhw = _layers.Convolve(quantized_BDhw, "post_quant_conv");
        Tensor x = _layers.Middle(_layers.Convolve(z_BZhw, "decoder.conv_in"), "decoder.mid");
        for (int level = last; level >= 0; level--)
        {
            string block = $"decoder.conv_blocks.{last - level}";
            for (int i = 0; i <= shape.ResBlocks; i++)
            {
                x = _layers.Residual(x, $"{block}.res.{i}");
                if (level == last) x = _layers.Attend(x, $"{block}.attn.{i}");
            }
            if (level > 0) x = _layers.Upsample(x, $"{block}.upsample.conv");
        }
        return _layers.Activated(x, "decoder.norm_out", "decoder.conv_out").MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Decodes codes [B, N] of grids of <paramref name="rows"/> rows to images [B, 3, H, W], without gradient.
    /// </summary>
    public Tensor DecodeIndices(Tensor indices_BN, int rows)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        long batch = indices_BN.size(0);
        Tensor codes_VD = weights[VqNames.Codebook].Normalized();
        Tensor chosen_MD = codes_VD.index_select(0, indices_BN.reshape(-1));
        Tensor quantized_BhwD = chosen_MD.view(batch, rows, -1, shape.CodebookDim);
        return Decode(quantized_BhwD.permute(0, 3, 1, 2).contiguous()).MoveToOuterDisposeScope();
    }

    private Tensor UnitRows(Tensor latents_BDhw) =>
        latents_BDhw.to(float32).permute(0, 2, 3, 1).reshape(-1, shape.CodebookDim).Normalized();

    private static Tensor Nearest(Tensor z_MD, Tensor codes_VD)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor distances_MV = z_MD.Squared().sum([1], keepdim: true).Plus(codes_VD.Squared().sum([1]))
            .PlusScaled(z_MD.matmul(codes_VD.transpose(0, 1)), -2);
        return distances_MV.argmin(1).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Computes the mean of the squares as the mean of the rows' means. In this form the order of summation does not
    /// depend on the number of threads.
    /// </summary>
    private static Tensor MeanSquare(Tensor difference_MD) => difference_MD.Squared().mean([1]).mean();

    private void CheckSides(Tensor images_B3HW)
    {
        long height = images_B3HW.size(2), width = images_B3HW.size(3);
        if (height % shape.Downscale != 0 || width % shape.Downscale != 0)
            throw new StarlingException(
                $"a {width}x{height} image does not fit the tokenizer: sides must be multiples of {shape.Downscale}");
    }
}
