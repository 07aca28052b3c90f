namespace Starling.Actors.Runs.Events;

/// <summary>Is told when an event log cannot be written. Called from any thread; returns at once.</summary>
public interface IEventLogWatch
{
    /// <summary>The disk has refused a line after it had taken the one before. The line is tried again.</summary>
    /// <param name="path">The event log.</param>
    /// <param name="reason">What the system says.</param>
    void Failed(string path, string reason);

    /// <summary>The disk takes lines again. Those that were tried again are in the log.</summary>
    /// <param name="path">The event log.</param>
    void WrittenAgain(string path);

    /// <summary>A line is lost: too many were waiting for the disk, or the log was closed.</summary>
    void Lost();
}
