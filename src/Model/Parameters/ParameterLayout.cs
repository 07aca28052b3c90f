namespace Starling.Model.Parameters;

/// <summary>
/// The place of each parameter of a network in one flat vector: first the parameters with weight decay, then the
/// others, each group in the order of the state dictionary. With one vector, the optimizer, the teacher's update, the
/// exchange of gradients and a snapshot are single operations on contiguous memory. A layout needs no weights, so a dry
/// run can count parameters with it.
/// </summary>
public sealed class ParameterLayout
{
    private readonly Dictionary<string, Slot> _slots = [];

    /// <summary>Lays out the parameters of a network.</summary>
    public ParameterLayout(IEnumerable<ParameterShape> parameters)
    {
        Parameters = [.. parameters];
        long at = 0;
        foreach (ParameterShape p in Parameters.Where(p => p.Decays)) at = Place(p, at);
        DecayedCount = at;
        foreach (ParameterShape p in Parameters.Where(p => !p.Decays)) at = Place(p, at);
        Count = at;
    }

    /// <summary>The parameters in state-dictionary order.</summary>
    public IReadOnlyList<ParameterShape> Parameters { get; }

    /// <summary>Number of elements of all parameters.</summary>
    public long Count { get; }

    /// <summary>Number of elements with weight decay: the first part of the flat vector.</summary>
    public long DecayedCount { get; }

    /// <summary>A parameter, and the offset of its first element in the vector.</summary>
    public readonly record struct Slot(ParameterShape Parameter, long Offset);

    /// <summary>The place of a parameter in the vector.</summary>
    public Slot this[string name] => _slots[name];

    /// <summary>Tells whether there is a parameter of this name.</summary>
    public bool Contains(string name) => _slots.ContainsKey(name);

    private long Place(ParameterShape parameter, long offset)
    {
        _slots.Add(parameter.Name, new Slot(parameter, offset));
        return checked(offset + parameter.Count);
    }
}
