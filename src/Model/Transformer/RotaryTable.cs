using static TorchSharp.torch;

// Shapes: B batch, S sequence, P anything between, H heads, d head width, T tokens of an image.
namespace Starling.Model.Transformer;

/// <summary>
/// LlamaGen's 2D rotary embedding. The first half of a head's pairs turns with the row of the token's cell, the second
/// half with its column. The class position's entry is zero, not the unit rotation: its query and key vanish, so every
/// logit for it is 0. Released weights were trained that way.
/// </summary>
internal static class RotaryTable
{
    /// <summary>
    /// cos + i·sin of every position, complex64 [T + 1, 1, 1, d/2]; position 0, the class, is 0.
    /// </summary>
    public static Tensor Create(GptShape shape, Device device)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        int grid = shape.Grid, pairs = shape.HeadDim / 2, axis = pairs / 2;
        float[] cosines = new float[(shape.Tokens + 1) * pairs], sines = new float[cosines.Length];
        int at = pairs;
        for (int row = 0; row < grid; row++)
            for (int column = 0; column < grid; column++)
                for (int pair = 0; pair < pairs; pair++, at++)
                {
                    float frequency = 1 / (float)Math.Pow(shape.RopeBase, 2.0 * (pair % axis) / pairs);
                    float angle = (pair < axis ? row : column) * frequency; // in float32, as the reference code
                    cosines[at] = MathF.Cos(angle);
                    sines[at] = MathF.Sin(angle);
                }
        return complex(tensor(cosines), tensor(sines)).view(-1, 1, 1, pairs).to(device).DetachFromDisposeScope();
    }

    /// <summary>Turns the interleaved pairs (2j, 2j+1) of x_BSPHd, in float32; returns x's type.</summary>
    /// <param name="x_BSPHd">Queries and keys.</param>
    /// <param name="turns_S">The positions' entries of the table.</param>
    public static Tensor Rotate(Tensor x_BSPHd, Tensor turns_S)
    {
        long[] shape = x_BSPHd.shape;
        Tensor pairs = x_BSPHd.to(ScalarType.Float32).reshape([.. shape[..^1], shape[^1] / 2, 2]).view_as_complex();
        return (pairs * turns_S).view_as_real().view(shape).to(x_BSPHd.dtype);
    }
}
