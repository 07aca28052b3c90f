namespace Starling.Model.Import.Pickling;

/// <summary>
/// The placeholder of a value whose type is not known here, such as the argparse Namespace in LlamaGen's files. It
/// keeps the value's attributes as plain data. The value's constructor is not run.
/// </summary>
internal sealed class PickleObject : PickleContainer
{
    /// <summary>The value's attributes, or null.</summary>
    internal PickleDictionary? Attributes { get; private set; }

    internal void Build(object? state)
    {
        Hold(state);
        Attributes = state as PickleDictionary;
    }
}
