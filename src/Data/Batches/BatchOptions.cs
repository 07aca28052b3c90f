using Starling.Data.Images;

namespace Starling.Data.Batches;

/// <summary>
/// Everything besides the shards that decides what is in a batch; and two limits, <see cref="CacheBytes"/> and
/// <see cref="MaxBadShare"/>, that do not.
/// </summary>
public sealed record BatchOptions
{
    /// <summary>Side of the square images in pixels, from 1.</summary>
    public required int ImageSize { get; init; }

    /// <summary>M, views of each image (paper section 3.2: 2; 1 for plain training).</summary>
    public int Views { get; init; } = 2;

    /// <summary>How views are made.</summary>
    public Augmentation Augmentation { get; init; } = Augmentation.TenCrop;

    /// <summary>
    /// Sizes of the center crop that a ten-crop is taken from, as multiples of <see cref="ImageSize"/>. One of them is
    /// drawn for each image (LlamaGen: 1.1 and 1.05).
    /// </summary>
    public IReadOnlyList<double> CropRanges { get; init; } = [1.1, 1.05];

    /// <summary>Smallest fraction of the image's area that a random resized crop takes, in (0, 1].</summary>
    public double MinScale { get; init; } = 0.2;

    /// <summary>
    /// Whether views are mirrored with probability 1/2. Has no effect on <see cref="Augmentation.TenCrop"/>.
    /// </summary>
    public bool Flip { get; init; } = true;

    /// <summary>B, images in a step; a multiple of <see cref="Replicas"/>.</summary>
    public required int GlobalBatch { get; init; }

    /// <summary>L, logical replicas; each has a contiguous share of B/L images of a step.</summary>
    public int Replicas { get; init; } = 8;

    /// <summary>Fraction of the samples that is held out from training, in [0, 1).</summary>
    public double HoldOut { get; init; }

    /// <summary>The run's seed.</summary>
    public ulong Seed { get; init; }

    /// <summary>W, row groups that are shuffled together.</summary>
    public int WindowRowGroups { get; init; } = 16;

    /// <summary>Memory for undecoded row groups, in bytes. One window has to fit in.</summary>
    public long CacheBytes { get; init; } = 1L << 30;

    /// <summary>Fraction of the samples that may be undecodable before the run ends, in [0, 1].</summary>
    public double MaxBadShare { get; init; } = 0.01;

    /// <summary>Checks every value.</summary>
    /// <exception cref="StarlingException">Names all values that are out of range, in one line.</exception>
    public void Validate()
    {
        string[] errors = [.. Errors()];
        if (errors.Length > 0) throw new StarlingException($"data options: {string.Join("; ", errors)}");
    }

    private IEnumerable<string> Errors()
    {
        int maxViews = Augmentation == Augmentation.TenCrop ? Crops.TenCropCount : 64;
        if (ImageSize is < 1 or > 4096) yield return $"ImageSize is {ImageSize}, must be 1..4096";
        if (Views < 1 || Views > maxViews) yield return $"Views is {Views}, must be 1..{maxViews}";
        if (!Enum.IsDefined(Augmentation)) yield return $"Augmentation is {Augmentation}, which is none";
        if (CropRanges.Count == 0 || CropRanges.Any(range => !(range is >= 1 and <= 8)))
            yield return $"CropRanges is [{string.Join(", ", CropRanges)}], must be one or more numbers in 1..8";
        if (!(MinScale is > 0 and <= 1)) yield return $"MinScale is {MinScale}, must be above 0 and at most 1";
        if (Replicas < 1) yield return $"Replicas is {Replicas}, must be 1 or more";
        else if (GlobalBatch < 1 || GlobalBatch % Replicas != 0)
            yield return $"GlobalBatch is {GlobalBatch}, must be a positive multiple of Replicas ({Replicas})";
        if (!(HoldOut is >= 0 and < 1)) yield return $"HoldOut is {HoldOut}, must be at least 0 and below 1";
        if (WindowRowGroups < 1) yield return $"WindowRowGroups is {WindowRowGroups}, must be 1 or more";
        if (CacheBytes < 1) yield return $"CacheBytes is {CacheBytes}, must be 1 or more";
        if (!(MaxBadShare is >= 0 and <= 1)) yield return $"MaxBadShare is {MaxBadShare}, must be 0..1";
    }
}
