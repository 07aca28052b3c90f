namespace Starling.Model.Import.Pickling;

/// <summary>
/// A pickled value that holds others. Knows how deeply it nests, so that a file that nests without end is refused
/// before anything that walks the values could overflow the stack.
/// </summary>
internal abstract class PickleContainer
{
    /// <summary>Levels of containers from here down, this one included.</summary>
    internal int Depth { get; private set; } = 1;

    /// <summary>Takes note of a value put into this one.</summary>
    protected void Hold(object? value)
    {
        if (value is PickleContainer child && child != this) Depth = Math.Max(Depth, child.Depth + 1);
    }
}
