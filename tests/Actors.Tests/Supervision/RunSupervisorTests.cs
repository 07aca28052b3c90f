using Akka.Actor;
using Akka.TestKit;
using Starling.Actors.Evaluating;
using Starling.Actors.Monitoring;
using Starling.Actors.Supervision;
using Starling.Actors.Tests.Support;
using Starling.Actors.Training;

namespace Starling.Actors.Tests.Supervision;

/// <summary>The shell around <see cref="RunMachine"/>: registrations, deaths, and performing effects.</summary>
public sealed class RunSupervisorTests : ActorTests
{
    private readonly TaskCompletionSource<RunEnding> _ended = new();
    private readonly TestProbe _trainer, _loader, _evaluator, _monitor;

    public RunSupervisorTests() =>
        (_trainer, _loader, _evaluator, _monitor) = (CreateTestProbe(), CreateTestProbe(), CreateTestProbe(),
            CreateTestProbe());

    [Fact]
    public void A_trainer_waits_for_somebody_who_can_feed_it()
    {
        IActorRef supervisor = Start();
        supervisor.Tell(new SupervisorProtocol.RegisterTrainer("a", 1, _trainer));
        _trainer.ExpectMsg<SupervisorProtocol.Registered>(Patience);
        Settle(supervisor);
        Assert.False(_trainer.HasMessages);
        supervisor.Tell(new SupervisorProtocol.RegisterLoader(_loader));
        var assign = _trainer.ExpectMsg<TrainerProtocol.Assign>(Patience);
        Assert.Equal([_loader.Ref], assign.Loaders);
        Assert.Equal(1, Generations.Read());
    }

    [Fact]
    public void A_later_supervisor_never_reuses_a_number()
    {
        Generations.Write(7);
        IActorRef supervisor = Started();
        Assert.Equal(8, _trainer.ExpectMsg<TrainerProtocol.Assign>(Patience).Generation);
        Assert.Equal(8, Generations.Read());
        Settle(supervisor);
    }

    [Fact]
    public void Orders_go_to_the_generations_trainers_and_the_end_is_told_once()
    {
        IActorRef supervisor = Started();
        _trainer.ExpectMsg<TrainerProtocol.Assign>(Patience);
        Tell(supervisor, new RunEvent.TrainerReady("a", 1, 0, -1));
        _trainer.ExpectMsg(new TrainerProtocol.Begin(1), Patience);
        Tell(supervisor, new RunEvent.StopRequested());
        _trainer.ExpectMsg(new TrainerProtocol.Halt(1), Patience);
        Tell(supervisor, new RunEvent.TrainingEnded(1, 3));
        Tell(supervisor, new RunEvent.CheckpointCommitted(1, 3));
        Settle(supervisor);
        Assert.True(_ended.Task.IsCompletedSuccessfully);
        Assert.Contains(_monitor.ReceiveWhile<object>(m => m, TimeSpan.FromMilliseconds(100)),
            m => m is MonitorProtocol.RunChanged { State.Phase: RunPhase.Ended });
    }

    [Fact]
    public void An_evaluation_waits_for_an_evaluator_and_does_not_outlive_it()
    {
        IActorRef supervisor = Started();
        Tell(supervisor, new RunEvent.TrainerReady("a", 1, 8, 8));
        Settle(supervisor);
        supervisor.Tell(new SupervisorProtocol.RegisterEvaluator(_evaluator));
        _evaluator.ExpectMsg<SupervisorProtocol.Registered>(Patience);
        _evaluator.ExpectMsg(new EvaluatorProtocol.Evaluate(8), Patience);
        Tell(supervisor, new RunEvent.TrainingEnded(1, 8));
        Settle(supervisor);
        Assert.False(_ended.Task.IsCompleted);
        Sys.Stop(_evaluator);
        AwaitAssert(() => Assert.True(_ended.Task.IsCompletedSuccessfully), Patience);
    }

    [Fact]
    public void A_trainer_whose_actor_is_gone_is_lost()
    {
        IActorRef supervisor = Started();
        TestProbe second = CreateTestProbe();
        supervisor.Tell(new SupervisorProtocol.RegisterTrainer("b", 1, second));
        second.ExpectMsg<SupervisorProtocol.Registered>(Patience);
        Assert.Equal([4, 5, 6, 7], second.ExpectMsg<TrainerProtocol.Assign>(Patience).Replicas);
        Sys.Stop(_trainer);
        var alone = second.ExpectMsg<TrainerProtocol.Assign>(Patience);
        Assert.Equal((3, 8), (alone.Generation, alone.Replicas.Count));
    }

    [Fact]
    public void A_number_that_cannot_be_stored_is_told_to_nobody_and_ends_the_run()
    {
        Directory.CreateDirectory(Folder["generation.new"]);
        IActorRef supervisor = Started();
        Settle(supervisor);
        Assert.False(_trainer.HasMessages);
        Assert.True(_ended.Task.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_spoilt_number_ends_the_run()
    {
        File.WriteAllText(Folder["generation"], "x");
        Start();
        RunEnding ending = await _ended.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(RunOutcome.Rejected, ending.Outcome);
        Assert.Contains("generation", ending.Reason);
    }

    private static void Tell(IActorRef supervisor, RunEvent happened) =>
        supervisor.Tell(new SupervisorProtocol.Happened(happened));

    private GenerationFile Generations => new(Folder["generation"]);

    private IActorRef Start()
    {
        RunPlan plan = new(Steps: 8, Replicas: 8, EvaluateEverySteps: 0, EvaluationEnabled: true);
        return Sys.ActorOf(Props.Create(() =>
            new RunSupervisor(plan, Generations, _monitor.Ref, e => _ended.SetResult(e))));
    }

    private IActorRef Started()
    {
        IActorRef supervisor = Start();
        supervisor.Tell(new SupervisorProtocol.RegisterLoader(_loader));
        supervisor.Tell(new SupervisorProtocol.RegisterTrainer("a", 1, _trainer));
        _trainer.ExpectMsg<SupervisorProtocol.Registered>(Patience);
        return supervisor;
    }
}
