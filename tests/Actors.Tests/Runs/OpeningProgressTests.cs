using Starling.Actors.Runs;
using Starling.Actors.Tests.Support;

namespace Starling.Actors.Tests.Runs;

public sealed class OpeningProgressTests
{
    [Fact]
    public void Only_a_data_set_that_takes_long_is_told_of_and_not_for_every_file()
    {
        List<string> lines = [];
        ManualTime time = new();
        OpeningProgress progress = new(lines.Add, time);
        progress.Report((1, 9));
        time.Advance(4.9);
        progress.Report((2, 9));
        Assert.Empty(lines);
        time.Advance(0.1);
        progress.Report((3, 9));
        progress.Report((4, 9));
        Assert.Equal("reading footers and labels of the data set: 3 of 9 files", Assert.Single(lines));
        time.Advance(5);
        progress.Report((8, 9));
        Assert.Equal(2, lines.Count);
    }
}
