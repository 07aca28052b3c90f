using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.Event;

namespace Starling.Actors.Clustering;

/// <summary>
/// Remembers the addresses whose processes are proven to have ended. An actor system has one such memory. The
/// <see cref="NodeWatch"/> writes it and the <see cref="ProvenDeathDetector"/> reads it. Thread-safe.
/// </summary>
internal sealed class ProvenDeaths
{
    // Akka makes the detectors, and hands them nothing of their actor system but its event stream.
    private static readonly ConditionalWeakTable<EventStream, ProvenDeaths> BySystem = [];

    private readonly ConcurrentDictionary<string, long> _numbers = [];
    private long _last;

    /// <summary>The number of the last proof. Proofs are numbered from 1.</summary>
    public long Last => Interlocked.Read(ref _last);

    /// <summary>Returns the memory of the actor system that an event stream belongs to.</summary>
    public static ProvenDeaths Of(EventStream events) => BySystem.GetValue(events, _ => new ProvenDeaths());

    /// <summary>Remembers that the process at an address has ended.</summary>
    public void Add(Address node) => _numbers[node.ToString()] = Interlocked.Increment(ref _last);

    /// <summary>Returns whether a death at an address was proven after the proof of a number.</summary>
    public bool IsProvenAfter(string address, long number) =>
        _numbers.TryGetValue(address, out long proven) && proven > number;
}
