namespace Starling.Cluster.Chaos.Harness;

/// <summary>Waits for what nothing tells of, by looking again and again.</summary>
internal static class Poll
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(20);

    /// <summary>Looks until there is something.</summary>
    /// <param name="find">What to look for; null for nothing yet.</param>
    /// <param name="timeout">For so long.</param>
    /// <param name="what">What to say if it does not come.</param>
    public static async Task<T> ForAsync<T>(Func<T?> find, TimeSpan timeout, Func<string> what) where T : class
    {
        long began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (find() is { } found) return found;
            if (TimeProvider.System.GetElapsedTime(began) > timeout)
                throw new ChaosException($"{what()}: not in {timeout.TotalSeconds:0} s");
            await Task.Delay(Moment);
        }
    }

    /// <summary>Looks until something holds.</summary>
    /// <param name="holds">What has to hold.</param>
    /// <param name="timeout">For so long.</param>
    /// <param name="what">What to say if it does not.</param>
    public static Task UntilAsync(Func<bool> holds, TimeSpan timeout, Func<string> what) =>
        ForAsync(() => holds() ? holds : null, timeout, what);
}
