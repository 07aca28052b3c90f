using Akka.Configuration;
using Akka.Event;
using Akka.Remote;

namespace Starling.Actors.Clustering;

/// <summary>
/// Detects that a member of the cluster cannot be reached: by the pauses between its heartbeats, as Akka's own detector
/// does, and at once if its process is proven to have ended. Akka removes a downed member only when some node cannot
/// reach it, so without the proof each takeover would wait for the pause.
/// </summary>
public sealed class ProvenDeathDetector : PhiAccrualFailureDetector
{
    private readonly ProvenDeaths _deaths;
    private long _alive; // number of the last proof when a heartbeat last came

    /// <summary>Makes a detector. Akka calls this with the settings of <c>akka.cluster.failure-detector</c>.</summary>
    public ProvenDeathDetector(Config settings, EventStream events) : base(settings, events)
    {
        _deaths = ProvenDeaths.Of(events);
        _alive = _deaths.Last;
    }

    /// <inheritdoc/>
    public override bool IsAvailable =>
        !_deaths.IsProvenAfter(Address, Interlocked.Read(ref _alive)) && base.IsAvailable;

    /// <inheritdoc/>
    public override void HeartBeat()
    {
        // Another process lives at the address by now.
        Interlocked.Exchange(ref _alive, _deaths.Last);
        base.HeartBeat();
    }
}
