using System.ComponentModel.DataAnnotations;
using Starling.Actors.Configuration.Reading;

namespace Starling.Actors.Configuration;

/// <summary>Section <c>data</c> of a run: the images, their crops, their order and their loading.</summary>
public sealed record DataOptions : ImageOptions
{
    /// <summary>
    /// Number of row groups that are shuffled together. More row groups shuffle the images better, and need more cache.
    /// </summary>
    [Range(1, 65536)]
    public int WindowRowGroups { get; init; } = 8;

    /// <summary>Memory for row groups that were read, in bytes.</summary>
    [Range(1L << 20, long.MaxValue)]
    public long CacheBytes { get; init; } = 512L << 20;

    /// <summary>
    /// Number of samples that the files must have; null for any. A run with other files is refused, so that a missing
    /// shard is noticed. A dry run that does not find the files computes with this number and with
    /// <see cref="ExpectedClasses"/>.
    /// </summary>
    [Range(1L, long.MaxValue)]
    [FormerName("expectedPictures")]
    public long? ExpectedImages { get; init; }

    /// <summary>Number of classes that the files must have; null for any.</summary>
    [Range(1, 1 << 20)]
    public int? ExpectedClasses { get; init; }

    /// <summary>Largest share of all samples that cannot be decoded. If it is exceeded, the run ends.</summary>
    [Range(0.0, 1.0)]
    public double MaxBadShare { get; init; } = 0.01;

    /// <summary>
    /// The role that turns images into tokens. Images are not sent between nodes, so loaders have to tokenize if they
    /// serve trainers of other nodes. The choice does not change the result on one kind of processor.
    /// </summary>
    public TokenizeOn TokenizeOn { get; init; } = TokenizeOn.Trainer;

    /// <summary>
    /// Number of threads that decode and crop. If loaders tokenize, as many threads do that. The number does not change
    /// the result.
    /// </summary>
    [Range(1, 1024)]
    public int Workers { get; init; } = 1;

    /// <summary>
    /// Number of shares that are prepared ahead of the trainer. The number does not change the result.
    /// </summary>
    [Range(1, 4096)]
    public int Prefetch { get; init; } = 16;
}
