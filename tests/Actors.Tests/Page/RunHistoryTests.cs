using System.Text;
using Starling.Actors.Page;

namespace Starling.Actors.Tests.Page;

public sealed class RunHistoryTests
{
    [Fact]
    public void A_lost_trainer_leaves_a_gap_and_a_fault()
    {
        RunHistory history = Of(
            PageBench.Line("generation", 0, 0, """ "hosting":{"a":[0,1],"b":[2,3]} """),
            PageBench.Line("phase", 1, 0, """ "phase":"running" """),
            PageBench.Line("note", 9, 8, """ "text":"trainer b is lost" """),
            PageBench.Line("phase", 10, 8, """ "phase":"roll_call" """),
            PageBench.Line("generation", 11, 8, """ "hosting":{"a":[0,1,2,3]} """, generation: 2),
            PageBench.Line("phase", 12, 8, """ "phase":"running" """, generation: 2));
        Assert.Equal("1: 1-10, 2: 12-", string.Join(", ", history.Spans.Select(
            s => $"{s.Number}: {s.At - PageBench.At(0)}-{s.Until - PageBench.At(0)}")));
        Assert.Equal("0-1", history.Spans[0].Hosting!["a"]);
        Assert.Equal("a", history.Spans[1].Hosting!.Keys.Single());
        Assert.Equal("trainer b is lost", history.Faults.Single().Text);
    }

    [Fact]
    public void Time_in_which_no_process_ran_belongs_to_no_generation()
    {
        RunHistory history = Of(
            PageBench.Line("generation", 0, 0),
            PageBench.Line("phase", 1, 0, """ "phase":"running" """),
            PageBench.Step(5, 1),
            PageBench.Line("started", 1000, 0, attempt: 2));
        Assert.Equal(PageBench.At(5), history.Spans.Single().Until);
        Assert.Null(history.Spans.Single().Hosting);
        Assert.Null(history.Pace.PerSecond);
    }

    [Fact]
    public void The_memory_is_bounded()
    {
        RunHistory history = Of([.. Enumerable.Range(1, 3000).SelectMany(i => new[]
        {
            PageBench.Line("generation", i, i, generation: i),
            PageBench.Line("phase", i, i, """ "phase":"running" """, generation: i),
            PageBench.Line("checkpoint", i, i),
            PageBench.Line("note", i, i, $"\"text\":\"{new string('x', 1000)}\""),
        })]);
        Assert.Equal(200, history.Spans.Count);
        Assert.Equal(3000, history.Spans[^1].Number);
        Assert.Equal(12, history.Checkpoints.Count);
        Assert.Equal(20, history.Faults.Count);
        Assert.All(history.Faults, f => Assert.InRange(f.Text.Length, 1, FaultEntry.MostCharacters + 1));
    }

    [Theory]
    [InlineData(new long[] { 0, 1, 2, 6 }, "0-2, 6")]
    [InlineData(new long[] { 3 }, "3")]
    [InlineData(new long[0], "")]
    public void Replicas_are_written_as_ranges(long[] replicas, string expected) =>
        Assert.Equal(expected, RunHistory.RangesOf(replicas));

    private static RunHistory Of(params string[] lines)
    {
        RunHistory history = new();
        foreach (string text in lines)
        {
            using LogLine? line = LogLine.Parse(Encoding.UTF8.GetBytes(text));
            history.Add(line!);
        }
        return history;
    }
}
