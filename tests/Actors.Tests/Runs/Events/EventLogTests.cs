using System.Text.Json.Nodes;
using Starling.Actors.Runs.Events;
using Starling.Actors.Tests.Support;
using Starling.Data;

namespace Starling.Actors.Tests.Runs.Events;

public sealed class EventLogTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private string File_ => _folder["events.jsonl"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_line_says_when_where_and_what()
    {
        await using (EventLog log = Open()) log.Write("committed", 5, 2, ("bytes", 12L));
        JsonNode line = JsonNode.Parse(Assert.Single(await File.ReadAllLinesAsync(File_)))!;
        Assert.Equal("""{"time":"2026-01-02T03:04:05.678Z","run":"r","attempt":1,"generation":2,"step":"""
            + """5,"event":"committed","bytes":12}""", line.ToJsonString());
    }

    [Fact]
    public async Task Attempts_count_up()
    {
        for (int attempt = 1; attempt <= 3; attempt++)
        {
            await using EventLog log = Open();
            Assert.Equal(attempt, log.Attempt);
            log.Write("started", 0, 1);
        }
        Assert.Equal(3, (await File.ReadAllLinesAsync(File_)).Length);
    }

    [Fact]
    public async Task A_line_torn_by_a_crash_spoils_neither_the_count_nor_the_next_line()
    {
        await using (EventLog log = Open())
        {
            log.Write("started", 0, 1);
            log.Write("step", 1, 1);
        }
        string text = await File.ReadAllTextAsync(File_);
        await File.WriteAllTextAsync(File_, text[..^20]);

        await using (EventLog log = Open())
        {
            Assert.Equal(2, log.Attempt);
            log.Write("started", 0, 1);
        }
        string[] lines = await File.ReadAllLinesAsync(File_);
        Assert.Equal(3, lines.Length);
        Assert.Equal(2, JsonNode.Parse(lines[2])!["attempt"]!.GetValue<int>());
    }

    [Fact]
    public async Task The_last_attempt_is_found_behind_a_very_long_line()
    {
        await using (EventLog log = Open()) log.Write("started", 0, 1);
        await File.AppendAllTextAsync(File_, "{\"torn\":\"" + new string('x', 300_000));
        await using EventLog next = Open();
        Assert.Equal(2, next.Attempt);
    }

    [Fact]
    public async Task Numbers_that_json_cannot_hold_are_written_as_text()
    {
        await using (EventLog log = Open())
            log.Write("step", 1, 1, ("loss", double.NaN), ("norm", double.PositiveInfinity));
        JsonNode line = JsonNode.Parse(Assert.Single(await File.ReadAllLinesAsync(File_)))!;
        Assert.Equal("NaN", (string?)line["loss"]);
        Assert.Equal("Infinity", (string?)line["norm"]);
    }

    [Fact]
    public async Task Lines_of_many_threads_come_out_whole()
    {
        await using (EventLog log = Open())
            Parallel.For(0, 1000, i => log.Write("step", i, 1));
        string[] lines = await File.ReadAllLinesAsync(File_);
        Assert.Equal(Enumerable.Range(0, 1000), lines.Select(l => JsonNode.Parse(l)!["step"]!.GetValue<int>()).Order());
    }

    [Fact]
    public void A_folder_that_is_not_there_is_one_clear_line()
    {
        var e = Assert.Throws<StarlingException>(() => EventLog.Open(_folder["none/e.jsonl"], "r", new ManualTime()));
        Assert.Contains("the event log cannot be written", e.Message);
    }

    [Fact]
    public async Task A_disk_that_takes_no_lines_is_told_of_once_and_keeps_nobody()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs /dev/full");
        File.CreateSymbolicLink(File_, "/dev/full");
        Watch watch = new();
        await using (EventLog log = EventLog.Open(File_, "r", new ManualTime(), watch))
        {
            for (int i = 0; i < 3; i++) log.Write("step", i, 1);
            await watch.Told.Task;
        }
        Assert.Equal((1, 3), (watch.Failures, watch.LostLines));
    }

    [Fact]
    public async Task Two_logs_of_one_file_lose_no_line()
    {
        await using (EventLog first = Open(), second = Open())
            Parallel.For(0, 1000, i => (i % 2 == 0 ? first : second).Write("step", i, 1));
        string[] lines = await File.ReadAllLinesAsync(File_);
        Assert.Equal(Enumerable.Range(0, 1000), lines.Select(l => JsonNode.Parse(l)!["step"]!.GetValue<int>()).Order());
    }

    private sealed class Watch : IEventLogWatch
    {
        public int Failures { get; private set; }

        public int LostLines { get; private set; }

        public TaskCompletionSource Told { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Failed(string path, string reason)
        {
            Failures++;
            Assert.Contains("No space left", reason);
            Told.TrySetResult();
        }

        public void WrittenAgain(string path) => Assert.Fail("nothing can be written");

        public void Lost() => LostLines++;
    }

    private EventLog Open() => EventLog.Open(File_, "r", new ManualTime());
}
