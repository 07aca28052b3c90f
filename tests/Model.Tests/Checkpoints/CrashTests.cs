using Starling.Model.Checkpoints;
using Starling.Model.Snapshots;

namespace Starling.Model.Tests.Checkpoints;

/// <summary>Cuts the power at, or fails, every single operation of a save in turn.</summary>
public sealed class CrashTests
{
    public static TheoryData<string> Scenarios => ["first", "second", "replace", "replaceDamaged"];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void After_a_power_cut_at_any_operation_a_whole_checkpoint_loads_and_the_next_save_succeeds(string scenario)
    {
        foreach (UnreliableDisk.Loss loss in Enum.GetValues<UnreliableDisk.Loss>())
            for (int at = 1; CutPower(scenario, at, loss); at++)
            {
            }
    }

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void An_error_at_any_operation_is_reported_and_leaves_nothing_half_made(string scenario)
    {
        for (int at = 1; FailOnce(scenario, at); at++)
        {
        }
    }

    /// <returns>Whether the power was cut before the save had ended.</returns>
    private static bool CutPower(string scenario, int at, UnreliableDisk.Loss loss)
    {
        using TestRun run = new();
        string? before = Prepare(run, scenario);
        CheckpointSnapshot state = TestRun.State(2, seed: 7);
        string after = StateHash.Of(state);
        UnreliableDisk disk = new(at, UnreliableDisk.Fault.PowerCut);
        bool cut = false;
        try
        {
            new CheckpointWriter(new CheckpointStore(run.Checkpoints, disk), TimeProvider.System)
                .Write(state, TestRun.Description, TestRun.Metrics);
        }
        catch (UnreliableDisk.PowerCutException)
        {
            cut = true;
        }
        disk.Lose(loss);

        string where = $"{scenario}, {loss}, operation {at}";
        string? found = run.NewestGood();
        // If the save returned before the cut, its checkpoint must be there. If not, either the new one or the earlier
        // one is there, and is whole.
        Assert.True(found == after || (cut && found == before), $"{where}: found {found ?? "nothing"}");
        run.Store.Recover();
        found = run.NewestGood();
        Assert.True(found == after || (cut && found == before), $"{where}, recovered: found {found ?? "nothing"}");
        run.Write(state);
        Assert.Equal(after, run.NewestGood());
        Assert.True(run.Leftovers().Length == 0, $"{where}: {string.Join(", ", run.Leftovers())} left");
        return cut;
    }

    private static bool FailOnce(string scenario, int at)
    {
        using TestRun run = new();
        string? before = Prepare(run, scenario);
        CheckpointSnapshot state = TestRun.State(2, seed: 7);
        string after = StateHash.Of(state);
        UnreliableDisk disk = new(at, UnreliableDisk.Fault.Error);
        CheckpointWriter writer = new(new CheckpointStore(run.Checkpoints, disk), TimeProvider.System);
        bool failed = false;
        try
        {
            writer.Write(state, TestRun.Description, TestRun.Metrics);
        }
        catch (CheckpointWriteException e)
        {
            failed = true;
            Assert.Equal(CheckpointFailure.DiskFull, e.Failure);
            Assert.Contains("step 2", e.Message, StringComparison.Ordinal);
            Assert.Contains("No space left", e.Message, StringComparison.Ordinal);
        }
        string where = $"{scenario}, operation {at}";
        string? found = run.NewestGood();
        Assert.True(found == after || (failed && found == before), $"{where}: found {found ?? "nothing"}");
        Assert.True(!run.Leftovers().Any(n => n.StartsWith(".tmp", StringComparison.Ordinal)),
            $"{where}: half-made folder left");
        if (disk.Operations < at) return false;
        writer.Write(state, TestRun.Description, TestRun.Metrics);
        disk.Lose(UnreliableDisk.Loss.Both);
        Assert.True(run.NewestGood() == after, $"{where}: the second attempt did not survive a power cut");
        run.Store.Recover();
        Assert.Empty(run.Leftovers());
        return true;
    }

    /// <returns>The hash of the state that can be loaded before the save; null for none.</returns>
    private static string? Prepare(TestRun run, string scenario)
    {
        if (scenario is "second" or "replaceDamaged") run.Write(TestRun.State(1, seed: 3));
        if (scenario is "replace" or "replaceDamaged") run.Write(TestRun.State(2, seed: 5));
        if (scenario == "replaceDamaged") File.Delete(Path.Combine(run.Checkpoints, "2", "teacher.safetensors"));
        return run.NewestGood();
    }
}
