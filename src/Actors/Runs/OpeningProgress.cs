namespace Starling.Actors.Runs;

/// <summary>
/// Writes a line every few seconds while the shards of a large data set are being opened, which may take a minute on a
/// network disk. Nothing is written about a data set that is opened sooner.
/// </summary>
/// <param name="note">Writes a line.</param>
/// <param name="time">The clock.</param>
public sealed class OpeningProgress(Action<string> note, TimeProvider time) : IProgress<(int Opened, int Files)>
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private long _last = time.GetTimestamp();

    /// <inheritdoc/>
    public void Report((int Opened, int Files) value)
    {
        lock (_gate)
        {
            if (time.GetElapsedTime(_last) < Interval) return;
            _last = time.GetTimestamp();
            note(FormattableString.Invariant(
                $"reading footers and labels of the data set: {value.Opened} of {value.Files} files"));
        }
    }
}
