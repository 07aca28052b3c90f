using System.Text.Json;

namespace Starling.Actors.Page;

/// <summary>What a run's event log tells of it so far, in bounded memory.</summary>
internal sealed class RunHistory
{
    private const int MostSpans = 200;
    private const int MostCheckpoints = 12;
    private const int MostFaults = 20;

    private readonly List<GenerationSpan> _spans = [];
    private readonly List<CheckpointEntry> _checkpoints = [];
    private readonly List<FaultEntry> _faults = [];
    private GenerationSpan? _formed; // the generation that was numbered last
    private double _lastAt;
    private long _attempt;

    /// <summary>The curves over steps.</summary>
    public StepCurves Curves { get; } = new();

    /// <summary>How fast steps are made.</summary>
    public StepPace Pace { get; } = new();

    /// <summary>The last step that was made.</summary>
    public long Step { get; private set; }

    /// <summary>When it was made, in seconds of Unix time; null before the first.</summary>
    public double? StepAt { get; private set; }

    /// <summary>The phase that the run is in; null before the first.</summary>
    public string? Phase { get; private set; }

    /// <summary>When the run's first line was written, in seconds of Unix time; null before it.</summary>
    public double? FirstAt { get; private set; }

    /// <summary>Who made steps when, oldest first.</summary>
    public IReadOnlyList<GenerationSpan> Spans => [.. _spans];

    /// <summary>The last checkpoints, oldest first.</summary>
    public IReadOnlyList<CheckpointEntry> Checkpoints => [.. _checkpoints];

    /// <summary>The last faults and notes, oldest first.</summary>
    public IReadOnlyList<FaultEntry> Faults => [.. _faults];

    /// <summary>Adds the next line of the event log.</summary>
    public void Add(LogLine line)
    {
        FirstAt ??= line.At;
        if (line.Whole("attempt") is { } attempt && attempt != _attempt)
        {
            // Another process writes now. The one before wrote its last line when it was last known to live.
            EndSpan(_lastAt);
            Pace.Clear();
            _attempt = attempt;
        }
        if (line.IsStep) AddStep(line);
        else if (line.Event == "generation") AddGeneration(line);
        else if (line.Event == "phase") AddPhase(line);
        else if (line.Event == "started") Phase = "starting";
        else if (line.Event == "checkpoint")
            Keep(_checkpoints, new CheckpointEntry(line.Whole("checkpoint") ?? line.Step, line.At), MostCheckpoints);
        else if (FaultEntry.Of(line) is { } fault) Keep(_faults, fault, MostFaults);
        _lastAt = line.At;
    }

    /// <summary>Writes numbers as ranges: 0, 1, 2, 6 as <c>0-2, 6</c>.</summary>
    internal static string RangesOf(IEnumerable<long> numbers)
    {
        List<(long From, long To)> ranges = [];
        foreach (long number in numbers.Order())
        {
            if (ranges.Count > 0 && number <= ranges[^1].To + 1) ranges[^1] = (ranges[^1].From, number);
            else ranges.Add((number, number));
        }
        return string.Join(", ", ranges.Select(r => r.From == r.To ? $"{r.From}" : $"{r.From}-{r.To}"));
    }

    private void AddStep(LogLine line)
    {
        (Step, StepAt) = (line.Step, line.At);
        Pace.Add(line.At, line.Step);
        double?[] values = [.. StepCurves.Names.Select(line.Number)];
        if (values.Any(v => v is not null)) Curves.Add(line.Step, values);
    }

    private void AddGeneration(LogLine line)
    {
        EndSpan(line.At);
        _formed = new GenerationSpan(line.Whole("generation") ?? 0, line.At, line.Step, HostingOf(line));
    }

    private void AddPhase(LogLine line)
    {
        Phase = line.Text("phase");
        bool works = Phase is "running" or "draining";
        if (!works)
            EndSpan(line.At);
        else if (_formed is { } formed && (_spans.Count == 0 || _spans[^1].Until is not null))
            Keep(_spans, formed with { At = line.At, Step = line.Step }, MostSpans);
    }

    private void EndSpan(double at)
    {
        if (_spans.Count > 0 && _spans[^1].Until is null) _spans[^1] = _spans[^1] with { Until = at };
    }

    private static Dictionary<string, string>? HostingOf(LogLine line)
    {
        if (line.Find("hosting") is not { ValueKind: JsonValueKind.Object } hosting) return null;
        Dictionary<string, string> hosts = [];
        foreach (JsonProperty host in hosting.EnumerateObject())
            if (host.Value.ValueKind == JsonValueKind.Array)
                hosts[host.Name] = RangesOf(host.Value.EnumerateArray()
                    .Where(e => e.ValueKind == JsonValueKind.Number && e.TryGetInt64(out _)).Select(e => e.GetInt64()));
        return hosts;
    }

    private static void Keep<T>(List<T> list, T item, int most)
    {
        list.Add(item);
        if (list.Count > most) list.RemoveAt(0);
    }
}
