using Starling.Data.Batches;

namespace Starling.Data.Tests.Batches;

public sealed class BadImageLedgerTests
{
    [Fact]
    public void Samples_count_once_however_often_and_by_whomever_they_are_reported()
    {
        BadImageLedger ledger = new(1000, 0.1);
        int first = 0;
        Parallel.For(0, 1000, i =>
        {
            if (ledger.Report(Bad(i % 100))) Interlocked.Increment(ref first);
        });
        Assert.Equal((100, 100), (ledger.Count, first));
        Assert.Equal(7, ledger.Find(7)!.SampleId);
        Assert.Null(ledger.Find(500));
        Assert.Throws<StarlingException>(() => ledger.Report(Bad(500)));
    }

    [Fact]
    public void A_share_of_nothing_forgives_nothing() =>
        Assert.Throws<StarlingException>(() => new BadImageLedger(1000, 0).Report(Bad(1)));

    private static BadImage Bad(long sample) => new(sample, "a.parquet", 0, (int)sample, "damaged");
}
