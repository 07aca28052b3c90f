using Starling.Actors.Runs;
using Starling.Data;

namespace Starling.Actors.Tests.Runs;

public sealed class PatientReadsTests
{
    private readonly List<string> _notes = [];
    private int _reads;

    [Fact]
    public void A_fault_that_passes_costs_a_pause()
    {
        int read = PatientReads.Run(
            () => ++_reads < 2 ? throw Fault(FaultScope.Node) : 7, _notes.Add, CancellationToken.None);
        Assert.Equal((7, 2), (read, _reads));
        Assert.Equal("no answer; trying again in 0.5 s", Assert.Single(_notes));
    }

    [Fact]
    public void What_is_wrong_for_good_is_not_read_again()
    {
        Assert.Throws<StarlingException>(() => PatientReads.Run<int>(
            () => throw Fault(FaultScope.Request), _notes.Add, CancellationToken.None));
        Assert.Empty(_notes);
    }

    [Fact]
    public void A_stop_ends_the_pause()
    {
        using CancellationTokenSource stop = new();
        Assert.Throws<OperationCanceledException>(() => PatientReads.Run<int>(() =>
        {
            if (++_reads == 2) stop.Cancel();
            throw Fault(FaultScope.Node);
        }, _notes.Add, stop.Token));
        Assert.Equal(2, _reads);
    }

    private static StarlingException Fault(FaultScope scope) => new("no answer", scope: scope);
}
