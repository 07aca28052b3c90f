namespace Starling.Actors.Page;

/// <summary>The scores of one set of weights.</summary>
/// <param name="Distance">Frechet distance; null if no images were sampled.</param>
/// <param name="Network">The network of the distance; distances on different networks cannot be compared.</param>
/// <param name="HeldOutLoss">Mean next-token loss of held-out images, in nats.</param>
/// <param name="Probe">Pairs of a position in the sequence and the probe's accuracy there.</param>
internal sealed record WeightsEntry(
    double? Distance, string Network, double? HeldOutLoss, IReadOnlyList<double[]> Probe)
{
    /// <summary>The file with the sample grid; null if there is none.</summary>
    public string? Picture { get; init; }
}
