namespace Starling.Actors.LocalCluster;

/// <summary>Decides how long a member that keeps ending waits before it is started again.</summary>
internal static class Backoff
{
    /// <summary>
    /// The run time after which a life of a member counts as long. The end of a long life is not added to the short
    /// lives before it.
    /// </summary>
    public static TimeSpan LongEnough { get; } = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan First = TimeSpan.FromSeconds(0.25), Longest = TimeSpan.FromSeconds(10);

    /// <summary>Returns the wait after a number of short lives in a row, which is at least 1.</summary>
    public static TimeSpan After(int shortLives)
    {
        double seconds = First.TotalSeconds * Math.Pow(2, Math.Max(0, shortLives - 1));
        return TimeSpan.FromSeconds(Math.Min(seconds, Longest.TotalSeconds));
    }
}
