using Starling.Model.SelfGuided;
using static TorchSharp.torch;

namespace Starling.Model.Tests.Training;

/// <summary>Masks and positions from a reference file. No class is dropped.</summary>
internal sealed class GivenDraws(Tensor maskedKeys_BMT, Tensor positions_K) : IStepDraws
{
    public bool DropsClass(int image, double probability) => false;

    public int[] ContrastPositions() => [.. positions_K.data<long>().ToArray().Select(p => (int)p)];

    public void MaskKeys(int image, int view, Span<bool> masked_T) =>
        maskedKeys_BMT[image][view].data<bool>().ToArray().CopyTo(masked_T);

    public long CountMasked(int images, int views) =>
        maskedKeys_BMT.narrow(1, 0, views).to(ScalarType.Int64).sum().item<long>();
}
