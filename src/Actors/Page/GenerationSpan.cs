namespace Starling.Actors.Page;

/// <summary>The time in which a generation made steps without a break.</summary>
/// <param name="Number">The generation.</param>
/// <param name="At">When its steps began, in seconds of Unix time.</param>
/// <param name="Step">The step that it began with.</param>
/// <param name="Hosting">
/// The replicas of each trainer, such as <c>0-3, 6</c>; null where there is only one process.
/// </param>
internal sealed record GenerationSpan(
    long Number, double At, long Step, IReadOnlyDictionary<string, string>? Hosting)
{
    /// <summary>When its steps ended, in seconds of Unix time; null if they go on.</summary>
    public double? Until { get; init; }
}
