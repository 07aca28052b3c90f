namespace Starling.Actors.Reporting;

/// <summary>Shows a run while it goes on. Members are thread-safe and return at once.</summary>
public interface IProgressView : IAsyncDisposable
{
    /// <summary>Shows the newest figures of the run.</summary>
    void Update(RunProgress progress);

    /// <summary>Shows a line that stays visible: a checkpoint, a fault, a change of phase.</summary>
    void Note(string line);
}
