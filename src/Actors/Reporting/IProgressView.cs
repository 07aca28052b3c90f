namespace Starling.Actors.Reporting;

/// <summary>Shows a run while it goes on. Members are thread-safe and return at once.</summary>
public interface IProgressView : IAsyncDisposable
{
    /// <summary>Shows a new state of the run.</summary>
    void Update(ProgressSnapshot snapshot);

    /// <summary>Shows a line that stays: a checkpoint, a fault, a change of phase.</summary>
    void Note(string line);
}
