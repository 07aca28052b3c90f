// N: images, T: codes
using Starling.Data.Ordering;
using static TorchSharp.torch;

namespace Starling.Model.Evaluation;

/// <summary>Images as codes of a tokenizer, with their classes.</summary>
/// <param name="Codes_NT">Codes [N, T], int64.</param>
/// <param name="Labels">The class of each image.</param>
public sealed record CodedSet(Tensor Codes_NT, IReadOnlyList<int> Labels) : IDisposable
{
    /// <summary>
    /// Chooses at most <paramref name="most"/> of the images by <see cref="EvenChoice"/> (0 for all). The result is in
    /// the caller's dispose scope.
    /// </summary>
    public CodedSet Evenly(int most)
    {
        long[] chosen = [.. EvenChoice.Of(Labels.Count, most)];
        return new CodedSet(Codes_NT.index_select(0, tensor(chosen)), [.. chosen.Select(i => Labels[(int)i])]);
    }

    /// <summary>Frees the codes.</summary>
    public void Dispose() => Codes_NT.Dispose();
}
