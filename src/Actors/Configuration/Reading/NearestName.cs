namespace Starling.Actors.Configuration.Reading;

/// <summary>Finds the known name that is closest to a misspelled one.</summary>
internal static class NearestName
{
    /// <summary>
    /// Returns the known path that is closest to an unknown one, or null if none is close. A right last part in the
    /// wrong section (<c>everySteps</c> for <c>checkpoint.everySteps</c>) counts as close.
    /// </summary>
    public static string? Of(string unknown, IEnumerable<string> known)
    {
        (string Path, int Distance)? best = null;
        foreach (string path in known)
        {
            int distance = Math.Min(Distance(unknown, path), 1 + Distance(Leaf(unknown), Leaf(path)));
            if (best is null || distance < best.Value.Distance) best = (path, distance);
        }
        return best is { } found && found.Distance <= Math.Max(2, Leaf(unknown).Length / 2) ? found.Path : null;
    }

    /// <summary>Computes Levenshtein's distance of two texts, without regard to case.</summary>
    public static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                bool same = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]);
                int substitution = diagonal + (same ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substitution, 1 + Math.Min(row[j], row[j - 1]));
            }
        }
        return row[b.Length];
    }

    private static string Leaf(string path) => path[(path.LastIndexOf('.') + 1)..];
}
