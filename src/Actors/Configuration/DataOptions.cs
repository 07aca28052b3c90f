using System.ComponentModel.DataAnnotations;
using Starling.Actors.Configuration.Reading;

namespace Starling.Actors.Configuration;

/// <summary>Section <c>data</c> of a run: its images, how they are cropped, their order and their loading.</summary>
public sealed record DataOptions : ImageOptions
{
    /// <summary>Row groups that are shuffled together; more mixes better and needs more cache.</summary>
    [Range(1, 65536)]
    public int WindowRowGroups { get; init; } = 8;

    /// <summary>Memory for loaded row groups, in bytes.</summary>
    [Range(1L << 20, long.MaxValue)]
    public long CacheBytes { get; init; } = 512L << 20;

    /// <summary>
    /// Number of samples that the files hold; null to take them as they are. Catches a shard too few before a run, and
    /// stands in for the files where a dry run does not find them, as <see cref="ExpectedClasses"/> does.
    /// </summary>
    [Range(1L, long.MaxValue)]
    [FormerName("expectedPictures")]
    public long? ExpectedImages { get; init; }

    /// <summary>Number of classes that the files hold; null to take them as they are.</summary>
    [Range(1, 1 << 20)]
    public int? ExpectedClasses { get; init; }

    /// <summary>Share of all samples that may be undecodable before the run ends.</summary>
    [Range(0.0, 1.0)]
    public double MaxBadShare { get; init; } = 0.01;

    /// <summary>
    /// Who turns images into tokens. Images do not travel between nodes, so loaders that are to serve trainers of
    /// other nodes have to do it. Does not change the result, on one kind of processor.
    /// </summary>
    public TokenizeOn TokenizeOn { get; init; } = TokenizeOn.Trainer;

    /// <summary>
    /// Threads that decode and crop, and as many that tokenise, if loaders do. Does not change the result.
    /// </summary>
    [Range(1, 1024)]
    public int Workers { get; init; } = 1;

    /// <summary>Replica batches prepared ahead of the trainer. Does not change the result.</summary>
    [Range(1, 4096)]
    public int Prefetch { get; init; } = 16;
}
