using System.Diagnostics.CodeAnalysis;
using Akka.Actor;

namespace Starling.Actors.Supervision;

/// <summary>A list of the registered actors of one kind, by name. An actor is watched while it is listed.</summary>
internal sealed class Roster(IActorContext context)
{
    private readonly SortedDictionary<string, IActorRef> _actors = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Names => _actors.Keys;

    public IReadOnlyList<IActorRef> Actors => [.. _actors.Values];

    /// <summary>Adds an actor, in place of an earlier actor of the same name.</summary>
    /// <returns>False if the actor is listed already.</returns>
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

    /// <summary>Removes an actor.</summary>
    /// <returns>
    /// False if the actor is not listed. An actor that was replaced by another one of the same name is not listed.
    /// </returns>
    public bool Remove(IActorRef actor, [NotNullWhen(true)] out string? name)
    {
        name = _actors.FirstOrDefault(a => a.Value.Equals(actor)).Key;
        if (name is null) return false;
        context.Unwatch(actor);
        return _actors.Remove(name);
    }

    /// <summary>Sends a message to an actor if it is listed.</summary>
    public void Tell(string name, object message)
    {
        if (_actors.TryGetValue(name, out IActorRef? actor)) actor.Tell(message);
    }

    /// <summary>Sends a message to all listed actors.</summary>
    public void TellAll(object message)
    {
        foreach (IActorRef actor in _actors.Values) actor.Tell(message);
    }

    /// <summary>Returns the address of an actor's node; an empty text if the actor is not listed.</summary>
    public string AddressOf(string name) =>
        _actors.TryGetValue(name, out IActorRef? actor) ? actor.Path.Address.ToString() : "";

    /// <summary>Returns the actors on a node.</summary>
    public IReadOnlyList<IActorRef> At(Address node) => [.. _actors.Values.Where(a => a.Path.Address.Equals(node))];

    /// <summary>Returns the names of the actors on a node.</summary>
    public IReadOnlyList<string> NamesAt(Address node) =>
        [.. _actors.Where(a => a.Value.Path.Address.Equals(node)).Select(a => a.Key)];
}
