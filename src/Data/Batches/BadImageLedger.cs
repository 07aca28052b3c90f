using System.Collections.Concurrent;

namespace Starling.Data.Batches;

/// <summary>
/// Counts the distinct samples that could not be decoded, and ends the run when their fraction of all samples becomes
/// too large. Thread-safe.
/// </summary>
/// <param name="samples">Samples of the data set.</param>
/// <param name="maxShare">Largest fraction of the samples that may be bad, in [0, 1].</param>
public sealed class BadImageLedger(long samples, double maxShare)
{
    private readonly ConcurrentDictionary<long, BadImage> _bad = new();
    private volatile string? _tooMany;

    /// <summary>Distinct bad samples so far.</summary>
    public int Count => _bad.Count;

    /// <summary>Finds the report of a bad sample; null if the sample was never reported.</summary>
    public BadImage? Find(long sample) => _bad.GetValueOrDefault(sample);

    /// <summary>Enters a bad image.</summary>
    /// <returns>True the first time that the sample is reported.</returns>
    /// <exception cref="StarlingException">More samples are bad than allowed.</exception>
    public bool Report(BadImage image)
    {
        bool first = _bad.TryAdd(image.SampleId, image);
        if (_bad.Count > maxShare * samples)
            _tooMany ??= $"{_bad.Count} of {samples} images cannot be decoded, more than the share of "
                + $"{maxShare} that MaxBadShare allows; the last was {image.File}, row group {image.RowGroup}, "
                + $"row {image.Row}: {image.Reason}";
        ThrowIfTooMany();
        return first;
    }

    /// <summary>Throws again if too many samples were bad once: no further batch is made of such data.</summary>
    /// <exception cref="StarlingException">More samples are bad than allowed.</exception>
    public void ThrowIfTooMany()
    {
        if (_tooMany is { } reason) throw new StarlingException(reason);
    }
}
