// B: images, H, W: pixel rows and columns
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.Images;

/// <summary>Converts images between bytes 0..255 and the networks' [−1, 1], as LlamaGen's scripts do.</summary>
public static class ImageTensors
{
    /// <summary>Converts bytes (B, 3, H, W) to float32 [B, 3, H, W]: x / 127.5 − 1.</summary>
    public static Tensor FromBytes(
        ReadOnlySpan<byte> pixels, long images, long height, long width, Device? device = null)
    {
        using var scope = NewDisposeScope();
        Tensor bytes = empty([images, 3, height, width], uint8, CPU);
        pixels.CopyTo(bytes.bytes);
        return ToUnit(device is null ? bytes : bytes.to(device)).MoveToOuterDisposeScope();
    }

    /// <summary>Computes the side of a square image from the number of its RGB bytes, 3·side².</summary>
    public static int SideOf(int bytes) => (int)Math.Sqrt(bytes / 3);

    /// <summary>Converts a tensor of bytes 0..255 to float32 in [−1, 1].</summary>
    public static Tensor ToUnit(Tensor bytes) => bytes.to(float32).Times(1 / 127.5).PlusScalar(-1);

    /// <summary>
    /// Converts [B, 3, H, W] in [−1, 1] to bytes (B, 3, H, W): clamp(127.5·x + 128, 0, 255), with the fraction cut
    /// off, because LlamaGen's sample_c2i_ddp.py does not round.
    /// </summary>
    public static byte[] ToBytes(Tensor images_B3HW)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor levels = images_B3HW.to(float32).Times(127.5).PlusScalar(128).Between(0, 255);
        return levels.to(uint8).cpu().contiguous().bytes.ToArray();
    }
}
