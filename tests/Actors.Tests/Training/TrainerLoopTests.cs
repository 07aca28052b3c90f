using System.Diagnostics;
using Starling.Actors.Collectives;
using Starling.Actors.Collectives.Gloo;
using Starling.Actors.Collectives.InProcess;
using Starling.Actors.Tests.Support;
using Starling.Data.Randomness;
using Starling.Model.Checkpoints;
using TorchSharp;

namespace Starling.Actors.Tests.Training;

/// <summary>
/// Checks what trainers rely on among themselves: the state after a step is the same on all trainers, and no fault
/// loses a step or leaves an invalid state.
/// </summary>
public sealed class TrainerLoopTests(TinyAssets assets, ReferenceStates reference)
    : IClassFixture<ReferenceStates>
{
    private const int Steps = ReferenceStates.Steps;

    [Theory]
    [InlineData(4, 2)]
    [InlineData(4, 3)]
    [InlineData(4, 4)]
    [InlineData(8, 2)]
    [InlineData(8, 3)]
    [InlineData(8, 4)]
    public void Any_number_of_trainers_comes_to_the_same_state(int replicas, int trainers)
    {
        using TestTrainers all = new(assets, replicas);
        TestTrainer[] hosts = [.. Enumerable.Range(0, trainers).Select(_ => all.Add())];
        all.Run(Steps, hosts);
        foreach (TestTrainer host in hosts) Assert.Equal((Steps, reference[replicas][Steps]), all.StateOf(host));
    }

    [Fact]
    public void Over_Gloo_the_state_is_the_same_also_when_a_trainer_dies_and_another_comes()
    {
        GlooEngine engine = new();
        Assert.SkipWhen(engine.Unavailable is not null, engine.Unavailable ?? "");
        using TestTrainers all = new(assets, 8, engine);
        TestTrainer[] hosts = [all.Add(), all.Add(), all.Add()];
        all.Run(2, hosts);
        all.Kill(hosts[1]);
        all.Run(4, hosts[2], hosts[0]);
        hosts[1] = all.Add();
        all.Run(Steps, hosts);
        foreach (TestTrainer host in hosts) Assert.Equal((Steps, reference[8][Steps]), all.StateOf(host));
    }

    [Fact]
    public void Trainers_that_come_go_and_die_at_any_moment_change_no_bit()
    {
        KeyedRandom random = TestSeed.New();
        using TestTrainers all = new(assets);
        List<TestTrainer> pool = [all.Add(), all.Add()];
        long step = 0;
        for (int round = 0; step < Steps || round < 12; round++)
        {
            if (pool.Count < 4 && random.Below(2) == 0) pool.Insert(random.Below(pool.Count + 1), all.Add());
            IReadOnlyList<TestTrainer> hosts = [.. pool];
            step = all.Form(hosts);
            all.Begin(step, Steps, hosts);
            TestTrainer witness = hosts[random.Below(hosts.Count)];
            // The abort comes either right after a step of one trainer, or somewhere in the first step.
            if (step < Steps && random.Below(3) > 0) witness.Next<LoopReport.Stepped>();
            if (pool.Count > 1 && random.Below(2) == 0)
            {
                TestTrainer victim = pool[random.Below(pool.Count)];
                pool.Remove(victim);
                all.Kill(victim);
            }
        }
        foreach (TestTrainer host in pool)
            Assert.Equal((Steps, reference[8][Steps]), all.StateOf(host));
    }

    [Fact]
    public void Wherever_an_exchange_breaks_every_trainer_holds_the_whole_state_of_a_step()
    {
        FaultyEngine engine = new(new InProcessEngine());
        using TestTrainers all = new(assets, 4, engine);
        TestTrainer[] hosts = [all.Add(), all.Add(), all.Add()];
        Record(engine, all, hosts, out int perForming, out int perStep);
        bool split = false;
        for (int exchange = perForming + 1; exchange <= perForming + perStep; exchange++)
        {
            foreach (bool after in (bool[])[false, true])
            {
                long step = all.Form(hosts);
                (int number, long generation) = (exchange, all.Generation);
                Action<GroupMember, int> fault = (member, n) =>
                {
                    if (member == new GroupMember(generation, 1, 3) && n == number)
                        throw new CollectiveException(CollectiveFault.PeerLost, "unplugged");
                };
                (engine.Before, engine.After) = after ? (engine.Before, fault) : (fault, engine.After);
                all.Begin(step, long.MaxValue, hosts);
                foreach (TestTrainer host in hosts) host.Next<LoopReport.Broke>(b => b.Generation == generation);
                (engine.Before, engine.After) = ((_, _) => { }, (_, _) => { });
                (long Step, string Hash)[] states = [.. hosts.Select(all.StateOf)];
                // The others may have applied the step, and the trainer that failed not. No other state is possible.
                Assert.All(states, s => Assert.InRange(s.Step, step, step + 1));
                Assert.All(states, s => Assert.Equal(reference[4][(int)s.Step], s.Hash));
                if (states.Select(s => s.Step).Distinct().Count() > 1) split = true;
                if (after && exchange == perForming + perStep)
                    Assert.Equal([step + 1, step, step + 1], states.Select(s => s.Step));
                else Assert.All(states, s => Assert.Equal(step, s.Step));
            }
        }
        Assert.True(split);
        // The trainers go on from the newest state.
        all.Run(Steps, hosts);
        foreach (TestTrainer host in hosts) Assert.Equal((Steps, reference[4][Steps]), all.StateOf(host));
    }

    [Fact]
    public void A_newcomer_gets_the_state_from_another_trainer_and_never_looks_at_the_disk()
    {
        using TestTrainers all = new(assets);
        using TestFolder elsewhere = new();
        // All checkpoints are damaged, so a trainer that loads one fails.
        CheckpointStore forbidden = new(elsewhere.Path);
        TestCheckpoints.Write(forbidden, 4);
        foreach (string file in Directory.GetFiles(elsewhere.Path, "*.safetensors", SearchOption.AllDirectories))
            File.WriteAllText(file, "");
        TestTrainer old = all.Add();
        all.Run(3, old);
        TestTrainer newcomer = all.Add(forbidden);
        all.Run(Steps, newcomer, old);
        Assert.Equal((Steps, reference[8][Steps]), all.StateOf(newcomer));
        TestTrainer lonely = all.Add(forbidden);
        Assert.Throws<InvalidOperationException>(() => all.Form(lonely));
    }

    [Fact]
    public void A_copy_of_the_state_that_breaks_leaves_none_rather_than_half_of_one()
    {
        FaultyEngine engine = new(new InProcessEngine());
        using TestTrainers all = new(assets, 8, engine);
        (TestTrainer old, TestTrainer newcomer) = (all.Add(), all.Add());
        all.Run(2, old);
        engine.After = (member, n) =>
        {
            if (member.Size == 2 && member.Rank == 1 && n == 3) // the hello, then two vectors
                throw new CollectiveException(CollectiveFault.PeerLost, "unplugged");
        };
        byte[][] engineAddresses = [.. all.Bind(old, newcomer).Select(b => b.EngineAddress)];
        foreach (TestTrainer host in (TestTrainer[])[old, newcomer])
            host.Loop.Connect(engineAddresses, 0, fromDisk: false);
        foreach (TestTrainer host in (TestTrainer[])[old, newcomer]) host.Next<LoopReport.Broke>();
        engine.After = (_, _) => { };
        Assert.Equal([-1, 2], all.Bind(newcomer, old).Select(b => b.Step));
        all.Run(Steps, newcomer, old);
        Assert.Equal((Steps, reference[8][Steps]), all.StateOf(newcomer));
    }

    [Fact]
    public void A_spare_stands_by_prepared_and_takes_over()
    {
        using TestTrainers all = new(assets, 4);
        TestTrainer[] hosts = [all.Add(), all.Add()];
        TestTrainer spare = all.Add();
        spare.Loop.Bind(all.Spare(hosts.Length));
        all.Run(2, hosts);
        Assert.Equal(new LoopReport.Ready(all.Generation, -1), spare.Next<LoopReport.Ready>());
        all.Kill(hosts[0]);
        all.Run(Steps, spare, hosts[1]);
        Assert.Equal((Steps, reference[4][Steps]), all.StateOf(spare));
    }

    [Fact]
    public void Without_a_permit_nothing_is_applied_until_it_is_renewed()
    {
        using TestTrainers all = new(assets);
        (TestTrainer connected, TestTrainer cutOff) = (all.Add(), all.Add(lease: TimeSpan.Zero));
        long step = all.Form(connected, cutOff);
        all.Begin(step, Steps, connected, cutOff);
        // A wait for a permit ends with the generation, and the state is unchanged.
        Assert.Equal([0, 0], all.Bind(connected, cutOff).Select(b => b.Step));
        Assert.DoesNotContain(connected.Drain().Concat(cutOff.Drain()), r => r is LoopReport.Stepped);
    }

    [Fact]
    public void A_new_generation_wakes_those_that_wait_for_somebody_who_does_not_come()
    {
        using TestTrainers all = new(assets);
        (TestTrainer one, TestTrainer other, TestTrainer third) = (all.Add(), all.Add(), all.Add());
        // In the greeting, for a member that never connects.
        byte[][] engineAddresses = [.. all.Bind(one, other).Select(b => b.EngineAddress)];
        one.Loop.Connect(engineAddresses, 0, fromDisk: true);
        // In a step, for a member that gets no batch.
        all.Form(one, third);
        all.BeginOne(0, 0, Steps, one, third);
        all.Run(2, one, other, third);
        foreach (TestTrainer trainer in (TestTrainer[])[one, other, third])
            Assert.Equal((2, reference[8][2]), all.StateOf(trainer));
    }

    [Fact]
    public void Fifty_generations_leave_no_tensor_and_no_thread_behind()
    {
        using TestTrainers all = new(assets, 4);
        TestTrainer[] pool = [all.Add(), all.Add(), all.Add()];
        (long Tensors, int Threads) early = default;
        for (int generation = 1; generation <= 50; generation++)
        {
            // Each generation is interrupted in the middle of a step, and the next has one host more or less.
            TestTrainer[] hosts = [.. pool.Take(1 + generation % 3)];
            all.Begin(all.Form(hosts), long.MaxValue, hosts);
            if (generation % 5 == 0) hosts[0].Next<LoopReport.Stepped>();
            if (generation is not (10 or 50)) continue;
            all.Form(pool); // nobody is in the middle of anything
            GC.Collect();
            GC.WaitForPendingFinalizers();
            using Process self = Process.GetCurrentProcess();
            (long, int) now = (torch.Tensor.TotalCount, self.Threads.Count);
            if (generation == 10) early = now;
            else
            {
                Assert.Equal(early.Tensors, now.Item1);
                Assert.True(now.Item2 < early.Threads + 20, $"{early.Threads} threads grew to {now.Item2}");
            }
        }
    }

    /// <summary>
    /// Counts the exchanges of forming a generation and of a step, at a host that holds the state already.
    /// </summary>
    private static void Record(FaultyEngine engine, TestTrainers all, TestTrainer[] hosts, out int perForming,
        out int perStep)
    {
        all.Form(hosts); // all have the state now
        int exchanges = 0;
        engine.After = (member, n) =>
        {
            if (member.Rank == 1) Volatile.Write(ref exchanges, n);
        };
        all.Form(hosts);
        perForming = exchanges;
        all.Begin(0, 1, hosts);
        foreach (TestTrainer host in hosts) host.Next<LoopReport.Stepped>();
        perStep = exchanges - perForming;
        engine.After = (_, _) => { };
        Assert.Equal(1, perForming);
        Assert.Equal(8, perStep);
    }
}
