using static TorchSharp.torch;

// Shapes: B batch, H heads, T positions, P positions so far, d head width.
namespace Starling.Model.Transformer;

/// <summary>
/// Keys and values of the positions decoded so far, so that a decoding step computes one position only. Belongs to no
/// dispose scope; the owner disposes it.
/// </summary>
/// <param name="layers">Number of blocks.</param>
/// <param name="capacity">Number of positions that there is room for.</param>
public sealed class KvCache(int layers, int capacity) : IDisposable
{
    private readonly (Tensor Keys, Tensor Values)?[] _entries = new (Tensor, Tensor)?[layers];

    /// <summary>Number of positions held, which is also the index of the next position.</summary>
    public int Position { get; private set; }

    /// <summary>Appends one position to the cache of one block.</summary>
    /// <param name="layer">Index of the block.</param>
    /// <param name="key_BH1d">
    /// The position's keys [B, H, 1, d]. Those of the first position decide batch size, type and device of the cache.
    /// </param>
    /// <param name="value_BH1d">The position's values [B, H, 1, d].</param>
    /// <returns>Keys and values [B, H, P, d] of all positions up to this one, as views of the cache.</returns>
    internal (Tensor Keys, Tensor Values) Append(int layer, Tensor key_BH1d, Tensor value_BH1d)
    {
        (Tensor keys_BHTd, Tensor values_BHTd) = _entries[layer] ??= (Allocate(key_BH1d), Allocate(value_BH1d));
        keys_BHTd.narrow(2, Position, 1).copy_(key_BH1d);
        values_BHTd.narrow(2, Position, 1).copy_(value_BH1d);
        return (keys_BHTd.narrow(2, 0, Position + 1), values_BHTd.narrow(2, 0, Position + 1));
    }

    /// <summary>Moves on to the next position. Every block must have appended the present one.</summary>
    internal void Advance() => Position++;

    /// <summary>Frees the cache.</summary>
    public void Dispose()
    {
        foreach ((Tensor Keys, Tensor Values)? entry in _entries)
        {
            entry?.Keys.Dispose();
            entry?.Values.Dispose();
        }
    }

    private Tensor Allocate(Tensor one_BH1d)
    {
        long[] shape = one_BH1d.shape;
        shape[2] = capacity;
        return empty(shape, one_BH1d.dtype, one_BH1d.device).DetachFromDisposeScope();
    }
}
