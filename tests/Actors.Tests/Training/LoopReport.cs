namespace Starling.Actors.Tests.Training;

/// <summary>A report of a <see cref="TestTrainer"/>'s loop.</summary>
internal abstract record LoopReport
{
    public sealed record Bound(long Generation, byte[] EngineAddress, long Step) : LoopReport;

    public sealed record Ready(long Generation, long Step) : LoopReport;

    public sealed record Stepped(long Generation, long Step) : LoopReport;

    public sealed record Captured(long Step, string Hash) : LoopReport;

    public sealed record Broke(long Generation, string Reason) : LoopReport;

    public sealed record Ended(long Generation, long Step) : LoopReport;

    public sealed record Failed(Exception Reason) : LoopReport;
}
