namespace Starling.Model.Import.Pickling;

/// <summary>
/// A pickled value that contains others. It knows how deeply it nests, so that a file that nests too deeply is refused
/// before code that walks through the values could overflow the stack.
/// </summary>
internal abstract class PickleContainer
{
    /// <summary>Number of levels of containers from this one down, this one included.</summary>
    internal int Depth { get; private set; } = 1;

    /// <summary>Notes the depth of a value that is put into this one.</summary>
    protected void Hold(object? value)
    {
        if (value is PickleContainer child && child != this) Depth = Math.Max(Depth, child.Depth + 1);
    }
}
