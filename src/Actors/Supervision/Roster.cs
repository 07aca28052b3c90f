using System.Diagnostics.CodeAnalysis;
using Akka.Actor;

namespace Starling.Actors.Supervision;

/// <summary>Actors of one kind, by name, each watched while it is listed.</summary>
internal sealed class Roster(IActorContext context)
{
    private readonly SortedDictionary<string, IActorRef> _actors = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Names => _actors.Keys;

    public IReadOnlyList<IActorRef> Actors => [.. _actors.Values];

    /// <summary>Lists an actor.</summary>
    /// <returns>False if it was listed already.</returns>
    public bool Add(string name, IActorRef actor)
    {
        if (_actors.TryGetValue(name, out IActorRef? known))
        {
            if (known.Equals(actor)) return false;
            context.Unwatch(known);
        }
        _actors[name] = actor;
        context.Watch(actor);
        return true;
    }

    /// <summary>Takes an actor off the list.</summary>
    /// <returns>False if it was not (any more) on it; an earlier bearer of the name is not.</returns>
    public bool Remove(IActorRef actor, [NotNullWhen(true)] out string? name)
    {
        name = _actors.FirstOrDefault(a => a.Value.Equals(actor)).Key;
        if (name is null) return false;
        context.Unwatch(actor);
        return _actors.Remove(name);
    }

    /// <summary>Tells an actor something, if it is still listed.</summary>
    public void Tell(string name, object message)
    {
        if (_actors.TryGetValue(name, out IActorRef? actor)) actor.Tell(message);
    }

    public void TellAll(object message)
    {
        foreach (IActorRef actor in _actors.Values) actor.Tell(message);
    }

    public string AddressOf(string name) =>
        _actors.TryGetValue(name, out IActorRef? actor) ? actor.Path.Address.ToString() : "";

    /// <summary>Actors on a node.</summary>
    public IReadOnlyList<IActorRef> At(Address node) => [.. _actors.Values.Where(a => a.Path.Address.Equals(node))];

    /// <summary>Names of the actors on a node.</summary>
    public IReadOnlyList<string> NamesAt(Address node) =>
        [.. _actors.Where(a => a.Value.Path.Address.Equals(node)).Select(a => a.Key)];
}
