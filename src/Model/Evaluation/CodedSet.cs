// N: images, T: codes
using Starling.Data.Ordering;
using static TorchSharp.torch;

namespace Starling.Model.Evaluation;

/// <summary>Images as a tokenizer's codes, with their classes.</summary>
/// <param name="Codes_NT">Codes [N, T], int64.</param>
/// <param name="Labels">A class for each image.</param>
public sealed record CodedSet(Tensor Codes_NT, IReadOnlyList<int> Labels) : IDisposable
{
    /// <summary>
    /// No more than so many of them by <see cref="EvenChoice"/>, 0 for all, in the caller's dispose scope.
    /// </summary>
    public CodedSet Evenly(int most)
    {
        long[] chosen = [.. EvenChoice.Of(Labels.Count, most)];
        return new CodedSet(Codes_NT.index_select(0, tensor(chosen)), [.. chosen.Select(i => Labels[(int)i])]);
    }

    /// <summary>Frees the codes.</summary>
    public void Dispose() => Codes_NT.Dispose();
}
