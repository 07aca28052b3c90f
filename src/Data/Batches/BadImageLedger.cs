using System.Collections.Concurrent;

namespace Starling.Data.Batches;

/// <summary>
/// Counts the distinct samples that could not be decoded, and ends the run when they are more than a share of all. Safe
/// on any number of threads.
/// </summary>
/// <param name="samples">Samples of the data set.</param>
/// <param name="maxShare">Largest share of them that may be bad, in [0, 1].</param>
public sealed class BadImageLedger(long samples, double maxShare)
{
    private readonly ConcurrentDictionary<long, BadImage> _bad = new();

    /// <summary>Distinct bad samples so far.</summary>
    public int Count => _bad.Count;

    /// <summary>What is known of a sample: null if it was never found bad.</summary>
    public BadImage? Find(long sample) => _bad.GetValueOrDefault(sample);

    /// <summary>Enters a bad image.</summary>
    /// <returns>True the first time that the sample is reported.</returns>
    /// <exception cref="StarlingException">The bad samples are now more than the share.</exception>
    public bool Report(BadImage image)
    {
        bool first = _bad.TryAdd(image.SampleId, image);
        if (_bad.Count > maxShare * samples)
            throw new StarlingException($"{_bad.Count} of {samples} images cannot be decoded, more than the share of "
                + $"{maxShare} that MaxBadShare allows; the last was {image.File}, row group {image.RowGroup}, "
                + $"row {image.Row}: {image.Reason}");
        return first;
    }
}
