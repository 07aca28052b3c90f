namespace Starling.Model.Import.Pickling;

/// <summary>
/// The inert placeholder of a value whose type is not known here, such as the argparse Namespace in LlamaGen's files.
/// Keeps its attributes as plain data; whatever its constructor would have done does not happen.
/// </summary>
internal sealed class PickleObject : PickleContainer
{
    /// <summary>The attributes set on it, or null.</summary>
    internal PickleDictionary? Attributes { get; private set; }

    internal void Build(object? state)
    {
        Hold(state);
        Attributes = state as PickleDictionary;
    }
}
