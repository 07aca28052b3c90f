namespace Starling.Actors.LocalCluster;

/// <summary>How long a member that keeps ending waits before it is started again.</summary>
internal static class Backoff
{
    /// <summary>One that ran for so long had its chance: the next end is a first one.</summary>
    public static TimeSpan LongEnough { get; } = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan First = TimeSpan.FromSeconds(0.25), Longest = TimeSpan.FromSeconds(10);

    /// <summary>The wait after so many short lives in a row, from 1.</summary>
    public static TimeSpan After(int shortLives)
    {
        double seconds = First.TotalSeconds * Math.Pow(2, Math.Max(0, shortLives - 1));
        return TimeSpan.FromSeconds(Math.Min(seconds, Longest.TotalSeconds));
    }
}
