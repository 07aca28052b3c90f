using System.Text.Json;
using Akka.Actor;
using Starling.Actors.Coordination;
using Starling.Actors.Coordination.Hosts;
using Starling.Actors.Monitoring;
using Starling.Actors.Protocol;
using Starling.Actors.Runs;
using Starling.Actors.Runs.Events;
using Starling.Actors.Tests.Support;
using Starling.Data;
using Starling.Model.Evaluation;

namespace Starling.Actors.Tests.Monitoring;

public sealed class RunEventWriterTests : ActorTests
{
    private int _refusals; // how many times the log cannot be opened

    [Fact]
    public async Task Every_committed_step_is_written_once_whichever_supervisor_led()
    {
        RunState running = new() { Term = 1, Generation = 1, Phase = RunPhase.Running };
        await LeadAsync(running with { Step = 1 }, running with { Step = 1 }, running with { Step = 2 });
        RunState next = new() { Term = 2, Generation = 1, Step = 2 };
        await LeadAsync(next, next with { Generation = 2, Phase = RunPhase.Binding },
            next with { Generation = 2, Phase = RunPhase.Running },
            next with { Generation = 2, Phase = RunPhase.Running, Step = 3, Checkpoint = 3 });

        Assert.Equal([1, 2, 3], Lines("committed").Select(l => l.GetProperty("step").GetInt64()));
        Assert.Equal([1, 2], Lines("generation").Select(l => l.GetProperty("generation").GetInt64()));
        Assert.Equal(3, Assert.Single(Lines("checkpoint")).GetProperty("checkpoint").GetInt64());
    }

    [Fact]
    public async Task A_supervisor_that_knows_less_tells_of_no_step_again_and_of_those_it_missed_by_the_last()
    {
        RunState running = new() { Term = 1, Generation = 1, Phase = RunPhase.Running };
        await LeadAsync([.. Enumerable.Range(1, 5).Select(step => running with { Step = step })]);
        // It knows the last checkpoint; its trainers hold the step that was the last.
        RunState next = new() { Term = 2, Generation = 1, Step = 2, Phase = RunPhase.Connecting };
        await LeadAsync(next, next with { Phase = RunPhase.Running, Step = 5 },
            next with { Phase = RunPhase.Running, Step = 6 });
        Assert.Equal([1, 2, 3, 4, 5, 6], Lines("committed").Select(l => l.GetProperty("step").GetInt64()));
        await LeadAsync(next with { Term = 3 }, next with { Term = 3, Phase = RunPhase.Running, Step = 9 });
        Assert.Equal([7, 8, 9], Lines("committed").Skip(6).Select(l => l.GetProperty("step").GetInt64()));
        // All states in memory were lost: what is made again is written again.
        await LeadAsync(next with { Term = 4 }, next with { Term = 4, Phase = RunPhase.Running },
            next with { Term = 4, Phase = RunPhase.Running, Step = 3 });
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 3], Lines("committed").Select(l => l.GetProperty("step").GetInt64()));
    }

    [Fact]
    public async Task Steps_whose_reports_were_lost_are_written_too()
    {
        RunState running = new() { Term = 1, Generation = 1, Phase = RunPhase.Running };
        await LeadAsync(running, running with { Step = 1 }, running with { Step = 4 },
            running with { Generation = 2, Phase = RunPhase.RollCall, Step = 4 },
            running with { Generation = 2, Step = 6 },
            running with { Generation = 2, Phase = RunPhase.Draining, Step = 8 });
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], Lines("committed").Select(l => l.GetProperty("step").GetInt64()));
    }

    [Fact]
    public async Task A_supervisor_that_is_stopped_before_it_forms_a_generation_writes_none()
    {
        await LeadAsync(new RunState { Term = 2, Generation = 7, Step = 3, Phase = RunPhase.Ended });
        Assert.Empty(Lines("generation"));
        Assert.Equal("ended", Assert.Single(Lines("phase")).GetProperty("phase").GetString());
    }

    [Fact]
    public async Task A_committed_step_has_its_loss_and_an_evaluated_one_its_scores()
    {
        RunState running = new()
        {
            Term = 1,
            Generation = 1,
            Phase = RunPhase.Running,
            Hosting = [new HostedReplicas("b", [0, 1]), new HostedReplicas("a", [2, 3])],
        };
        RunState stepped = running with
        {
            Step = 2,
            Evaluating = new RunEffect.Evaluate(1, "evaluator-1"),
            Progress = running.Progress.Add("a", new HostProgress(2, 1, 0)).Add("b", new HostProgress(2, 1, 0)
            {
                Figures = new StepFigures(0, 0, 0, 8.5, 6.75, 0.25, 2.5, 2.25, 22, 1e-4, 0.5),
            }),
        };
        await LeadAsync(running, stepped, stepped with { Evaluating = null });
        JsonElement[] committed = [.. Lines("committed")];
        Assert.False(committed[0].TryGetProperty("loss", out _)); // nobody has told of step 1
        Assert.Equal([8.5, 6.75, 0.25, 2.5, 2.25, 22, 1e-4, 0.5], ((string[])["loss", "loss_ar", "loss_mim",
            "loss_contrast_step", "loss_contrast_view", "grad_norm", "learning_rate", "key_similarity"])
            .Select(name => committed[1].GetProperty(name).GetDouble()));
        JsonElement score = Assert.Single(Lines("evaluation"));
        Assert.Equal(1, score.GetProperty("step").GetInt64());
        Assert.Equal("student", score.GetProperty("result").GetProperty("weights").GetString());
    }

    [Fact]
    public async Task A_log_that_is_begun_late_begins_after_the_last_checkpoint()
    {
        RunState connecting = new()
        {
            Term = 1, Generation = 9, Phase = RunPhase.Connecting, Step = 500, EarlierCheckpoint = 500,
        };
        await LeadAsync(connecting, connecting with { Phase = RunPhase.Running, Step = 502 });
        Assert.Equal([501, 502], Lines("committed").Select(l => l.GetProperty("step").GetInt64()));
    }

    [Fact]
    public async Task A_log_that_cannot_be_opened_at_first_lacks_no_step_in_the_end()
    {
        _refusals = 2;
        RunState running = new() { Term = 1, Generation = 1, Phase = RunPhase.Running };
        await LeadAsync(running with { Step = 0 }, running with { Step = 1 }, running with { Step = 3 });
        Assert.Equal([1, 2, 3], Lines("committed").Select(l => l.GetProperty("step").GetInt64()));
        Assert.Single(Lines("generation"));
    }

    [Fact]
    public async Task A_generation_is_written_with_who_hosts_what()
    {
        RunState binding = new() { Term = 1, Generation = 4, Phase = RunPhase.Binding };
        await LeadAsync(binding with { Hosting = [new("a", [0, 1]), new("b", [2, 3])] });
        Assert.Equal("""{"a":[0,1],"b":[2,3]}""",
            Assert.Single(Lines("generation")).GetProperty("hosting").GetRawText());
    }

    [Fact]
    public async Task What_the_supervisor_says_reaches_the_node_s_own_monitor_too()
    {
        await LeadAsync(new RunState { Generation = 3, Phase = RunPhase.Running });
        Assert.Equal(3, ExpectMsg<MonitorProtocol.RunChanged>(Timeout).State.Generation);
    }

    private async Task LeadAsync(params RunState[] states)
    {
        EventLog? log = null;
        ICanTell monitor = TestActor;
        Func<string, EventLog> open = file => _refusals-- > 0 ? throw new StarlingException("no room")
            : log = EventLog.Open(file, "r", TimeProvider.System);
        string path = Folder["events.jsonl"];
        Func<long, EvaluationFiles.StoredScores?> scores = step => new EvaluationFiles.StoredScores(step, "",
            new DistanceAnchors(1, 1),
            [new EvaluationResult { Step = step, Weights = "student", FeatureNetwork = "f", Samples = 2 }]);
        IActorRef writer = Sys.ActorOf(Props.Create(() => new RunEventWriter(path, open, scores, monitor)));
        foreach (RunState state in states) writer.Tell(new MonitorProtocol.RunChanged(state));
        await writer.GracefulStop(Timeout);
        await log!.DisposeAsync();
    }

    private IEnumerable<JsonElement> Lines(string name) => File.ReadLines(Folder["events.jsonl"])
        .Select(line => JsonDocument.Parse(line).RootElement)
        .Where(line => line.GetProperty("event").GetString() == name);
}
