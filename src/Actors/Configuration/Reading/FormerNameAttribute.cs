namespace Starling.Actors.Configuration.Reading;

/// <summary>
/// The name that a key had in earlier versions. Configuration files, <c>--set</c> arguments and checkpoints that use it
/// are read as if they used the key's present name.
/// </summary>
/// <param name="name">The key alone, without its section.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FormerNameAttribute(string name) : Attribute
{
    /// <summary>The key alone, without its section.</summary>
    public string Name { get; } = name;
}
