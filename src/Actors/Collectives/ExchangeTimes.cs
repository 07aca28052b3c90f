namespace Starling.Actors.Collectives;

/// <summary>What a trainer's exchanges cost since they were last asked for.</summary>
/// <param name="Seconds">Time in each phase, indexed by <see cref="ExchangePhase"/>.</param>
/// <param name="BytesSent">Bytes that left this trainer, greetings and barriers not counted.</param>
public sealed record ExchangeTimes(IReadOnlyList<double> Seconds, long BytesSent)
{
    /// <summary>Seconds in <paramref name="phase"/>.</summary>
    public double this[ExchangePhase phase] => Seconds[(int)phase];
}
