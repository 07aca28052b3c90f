using Starling.Actors.Coordination;
using Starling.Actors.Runs;

namespace Starling.Actors.Tests.Coordination.Simulation;

/// <summary>The run's folder: the ledger and the checkpoints, with the rules by which they change.</summary>
internal sealed class SimulatedDisk
{
    private readonly SortedDictionary<long, SimulatedState> _checkpoints = [];
    private readonly Dictionary<long, string> _publishers = [];

    public LedgerEntry Ledger { get; private set; } = LedgerEntry.Empty;

    public SimulatedState? Newest => _checkpoints.Count > 0 ? _checkpoints.Last().Value : null;

    public LedgerEntry TakeTerm() => Ledger = Ledger with { Term = Ledger.Term + 1 };

    public bool TryAdvance(long term, RunEffect.Persist e)
    {
        if (Ledger.Term > term || Ledger.Generation > e.Generation) return false;
        Ledger = new LedgerEntry(term, e.Generation, e.Step, e.Checkpoint);
        return true;
    }

    public bool TryStore(string trainer, long generation, SimulatedState state)
    {
        if (generation != Ledger.Generation) return false;
        if (_checkpoints.TryGetValue(state.Step, out SimulatedState there)) Assert.Equal(there, state);
        if (!_publishers.TryAdd(generation, trainer))
            Assert.True(_publishers[generation] == trainer, $"two committers in generation {generation}");
        _checkpoints[state.Step] = state;
        return true;
    }
}
