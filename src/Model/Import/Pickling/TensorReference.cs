namespace Starling.Model.Import.Pickling;

/// <summary>A tensor as a strided view of a storage. The elements are read only if the tensor is wanted.</summary>
/// <param name="Storage">The storage of the elements.</param>
/// <param name="Offset">Index of the first element in the storage.</param>
/// <param name="Shape">Shape.</param>
/// <param name="Strides">For each dimension, the distance from one index to the next, in elements.</param>
internal sealed record TensorReference(StorageReference Storage, long Offset, long[] Shape, long[] Strides)
{
    /// <summary>
    /// Number of elements. Null if the dimensions other than 0 multiply to more than any real tensor has.
    /// </summary>
    internal long? Count
    {
        get
        {
            UInt128 count = 1;
            foreach (long d in Shape.Where(d => d > 0))
            {
                count *= (UInt128)d;
                if (count > 1UL << 48) return null;
            }
            return Shape.Contains(0) ? 0 : (long)count;
        }
    }

    /// <summary>Whether every element lies inside the storage.</summary>
    internal bool Fits
    {
        get
        {
            if (Count is not { } count) return false;
            if (count == 0) return true;
            UInt128 last = (UInt128)Offset;
            for (int i = 0; i < Shape.Length; i++)
            {
                last += (UInt128)(Shape[i] - 1) * (UInt128)Strides[i];
                if (last >= (UInt128)Storage.Elements) return false;
            }
            return last < (UInt128)Storage.Elements;
        }
    }
}
