using static TorchSharp.torch;

// Shapes: B batch, S sequence, P queries or keys, stacked, H heads, d head width, T tokens of an image.
namespace Starling.Model.Transformer;

/// <summary>
/// LlamaGen's 2D rotary embedding. It rotates pairs of a head's elements: the first half of the pairs by the row of the
/// token in the grid, the second half by its column. The table's entry for the class position is 0 and not the unit
/// rotation. Query and key of the class token therefore become 0, and so do its attention logits. LlamaGen's released
/// weights were trained with this entry.
/// </summary>
internal static class RotaryTable
{
    /// <summary>
    /// Makes the table cos + i·sin of the angles of all positions, complex64 [T + 1, 1, 1, d/2]. Its entry 0, the class
    /// position, is 0.
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
                    float angle = (pair < axis ? row : column) * frequency; // in float32, as in the reference code
                    cosines[at] = MathF.Cos(angle);
                    sines[at] = MathF.Sin(angle);
                }
        return complex(tensor(cosines), tensor(sines)).view(-1, 1, 1, pairs).to(device).DetachFromDisposeScope();
    }

    /// <summary>
    /// Rotates the pairs (2j, 2j+1) of the last dimension, in float32, and gives the result in the type of
    /// <paramref name="x_BSPHd"/>.
    /// </summary>
    /// <param name="x_BSPHd">Queries and keys [B, S, P, H, d].</param>
    /// <param name="angles_S">The positions' entries of the table, complex64 [S, 1, 1, d/2].</param>
    public static Tensor Rotate(Tensor x_BSPHd, Tensor angles_S)
    {
        long[] shape = x_BSPHd.shape;
        Tensor pairs = x_BSPHd.to(ScalarType.Float32).reshape([.. shape[..^1], shape[^1] / 2, 2]).view_as_complex();
        return (pairs * angles_S).view_as_real().view(shape).to(x_BSPHd.dtype);
    }
}
