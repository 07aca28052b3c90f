namespace Starling.Actors.Collectives;

/// <summary>Time and bytes of a trainer's exchanges since the last <see cref="ClusterExchange.TakeTimes"/>.</summary>
/// <param name="Seconds">Time in each phase, indexed by <see cref="ExchangePhase"/>.</param>
/// <param name="BytesSent">Bytes that this trainer sent; greetings and barriers are not counted.</param>
public sealed record ExchangeTimes(IReadOnlyList<double> Seconds, long BytesSent)
{
    /// <summary>Gets the seconds spent in <paramref name="phase"/>.</summary>
    public double this[ExchangePhase phase] => Seconds[(int)phase];
}
