namespace Starling.Actors.Page;

/// <summary>A fault, or a note of the supervisor, from the event log.</summary>
/// <param name="At">When it was written, in seconds of Unix time.</param>
/// <param name="Step">The step at that time.</param>
/// <param name="Text">What it says. Names in it come from outside.</param>
internal sealed record FaultEntry(double At, long Step, string Text)
{
    /// <summary>The most characters of a text.</summary>
    public const int MostCharacters = 500;

    /// <summary>Reads an event; null if it is neither a fault nor a note.</summary>
    public static FaultEntry? Of(LogLine line)
    {
        string? text = line.Event switch
        {
            "note" => line.Text("text"),
            "trainer_failed" => "the trainer failed: " + line.Text("reason"),
            "loader_fault" => "the loader cannot make a share: " + line.Text("reason"),
            "checkpoint_failed" => "the checkpoint was not stored: " + line.Text("reason"),
            "evaluation_failed" => "the evaluation failed: " + line.Text("reason"),
            _ => null,
        };
        if (text is null) return null;
        string first = text.Split('\n')[0].Trim();
        return new FaultEntry(
            line.At, line.Step, first.Length > MostCharacters ? first[..MostCharacters] + "…" : first);
    }
}
