namespace Starling.Model.Tokenizer;

/// <summary>Remembers the step in which each code was last used.</summary>
public sealed class CodebookUsage(int codes)
{
    /// <summary>Number of steps that <see cref="Share"/> looks back.</summary>
    public const int Window = 100;

    private readonly long[] _lastUsed = new long[codes];

    /// <summary>Records the codes that one step used.</summary>
    public void Record(long step, ReadOnlySpan<long> used)
    {
        foreach (long code in used) _lastUsed[code] = step + 1; // 0 stands for never.
    }

    /// <summary>
    /// Computes the share of the codes that were used in the last <see cref="Window"/> steps up to and including this
    /// one.
    /// </summary>
    public double Share(long step) => _lastUsed.Count(last => last > 0 && last + Window > step + 1) / (double)codes;

    /// <summary>Returns the codes that were not used for <paramref name="steps"/> steps, ascending.</summary>
    public long[] Unused(long step, long steps) =>
        [.. Enumerable.Range(0, codes).Where(c => step + 1 - _lastUsed[c] >= steps).Select(c => (long)c)];
}
