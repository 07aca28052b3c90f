using Starling.Actors.Page;
using Starling.Actors.Runs;

namespace Starling.Actors.Tests.Page;

public sealed class LogIndexTests : IDisposable
{
    private readonly Support.TestFolder _folder = new();
    private readonly LogIndex _index;

    public LogIndexTests() => _index = new LogIndex(EventLog, new DiskJobs(4, TimeSpan.FromSeconds(60)));

    private string EventLog => _folder["events.jsonl"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_that_grows_is_read_on_and_a_torn_line_when_it_is_whole()
    {
        Assert.Equal((0, 0), await ReadAsync());
        File.WriteAllText(EventLog, PageBench.Step(1, 2));
        long whole = new FileInfo(EventLog).Length;
        Assert.Equal((1, whole), await ReadAsync());

        string next = PageBench.Step(2, 1);
        File.AppendAllText(EventLog, next[..20]);
        Assert.Equal((1, whole), await ReadAsync());
        File.AppendAllText(EventLog, next[20..]);
        Assert.Equal((2, new FileInfo(EventLog).Length), await ReadAsync());
    }

    [Fact]
    public async Task A_line_that_a_crash_has_cut_is_skipped()
    {
        File.WriteAllText(EventLog, PageBench.Step(1, 2) + PageBench.Step(2, 1)[..30] + "\n" + PageBench.Step(3, 1));
        Assert.Equal((3, new FileInfo(EventLog).Length), await ReadAsync());
        Assert.Equal("1 3", Steps());
    }

    [Fact]
    public async Task Lines_longer_than_a_piece_and_nonsense_are_skipped()
    {
        File.WriteAllText(EventLog, new string('x', 3 * LogReader.PieceBytes) + "\n[1]\n{}\nnull\n\"\\ud800\"\n" +
            """{"time":3,"event":"step"}""" + "\n" + PageBench.Step(7, 1));
        Assert.Equal((7, new FileInfo(EventLog).Length), await ReadAsync());
    }

    [Fact]
    public async Task A_file_that_is_replaced_is_read_anew()
    {
        File.WriteAllText(EventLog, PageBench.Step(1, 2) + PageBench.Step(2, 2) + PageBench.Step(3, 2));
        await ReadAsync();
        File.WriteAllText(EventLog, PageBench.Step(1, 2));
        Assert.Equal((1, new FileInfo(EventLog).Length), await ReadAsync());
        Assert.Equal("1", Steps());
    }

    private string Steps() => string.Join(' ', _index.Take((history, _) => history.Curves.Thinned(600).Steps));

    private async Task<(long Step, long Offset)> ReadAsync()
    {
        Assert.True(await _index.ReadOnAsync(CancellationToken.None));
        return _index.Take((history, offset) => (history.Step, offset));
    }
}
