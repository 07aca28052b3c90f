using Starling.Actors.Collectives;
using static TorchSharp.torch;

namespace Starling.Actors.Tests.Collectives;

/// <summary>Requirements on every engine.</summary>
public class CollectiveGroupTests
{
    public static TheoryData<string> Engines => Members.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public void Members_exchange_different_tensors_with_each_other(string name)
    {
        ICollectiveGroup[] groups = Members.Connected(Members.Engine(name), 3);
        float[][] received = Members.Results(groups, group =>
        {
            GroupMember me = group.Member;
            // Two tensors for every other member. Their sizes and values encode sender, receiver and number.
            Tensor Message(int from, int to, int which) =>
                Filled(1 + from + 3 * to + which, 100 * from + 10 * to + which);
            List<Transfer> sends = [], receives = [];
            foreach (int peer in me.Others)
                for (int which = 0; which < 2; which++)
                {
                    sends.Add(new Transfer(peer, Message(me.Rank, peer, which)));
                    receives.Add(new Transfer(peer, zeros_like(Message(peer, me.Rank, which))));
                }
            group.Exchange(sends, receives);
            foreach (Transfer r in receives)
                Assert.All(r.Values.data<float>().ToArray(), v => Assert.Equal(First(r), v));
            return receives.OrderBy(r => r.Peer).Select(First).ToArray();
        });
        Assert.Equal([100, 101, 200, 201], received[0]);
        Assert.Equal([10, 11, 210, 211], received[1]);
        Assert.Equal([20, 21, 120, 121], received[2]);
        Members.Dispose(groups);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void A_newcomer_gets_the_tensors_of_one_member_while_a_third_does_something_else(string name)
    {
        ICollectiveGroup[] groups = Members.Connected(Members.Engine(name), 3);
        byte[][] states = Members.Results(groups, group =>
        {
            Tensor[] state = [rand(7, 3), rand(1), ones(11, ScalarType.Int64)];
            if (group.Member.Rank == 2) foreach (Tensor tensor in state) tensor.zero_();
            if (group.Member.Rank != 1) group.Broadcast(state, source: 0, receivers: [2]);
            return state.SelectMany(t => t.bytes.ToArray()).ToArray();
        });
        Assert.Equal(states[0], states[2]);
        Assert.NotEqual(states[0], states[1]);
        Members.Dispose(groups);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Another_generation_or_plan_is_refused_on_both_sides_and_both_values_are_named(string name)
    {
        ICollectiveEngine engine = Members.Engine(name);
        ICollectiveGroup[] groups =
        [
            engine.Bind(new GroupMember(7, 0, 3), Members.Options),
            engine.Bind(new GroupMember(7, 1, 3), Members.Options),
            engine.Bind(new GroupMember(8, 2, 3), Members.Options),
        ];
        Exception?[] failures = Members.Connect(groups);
        AssertMismatch(failures[0], "generation 7 here, 8 at rank 2");
        AssertMismatch(failures[1], "generation 7 here, 8 at rank 2");
        AssertMismatch(failures[2], "generation 8 here, 7 at rank 0");
        Members.Dispose(groups);

        string other = new('b', 64);
        groups = [.. Enumerable.Range(0, 2).Select(r => engine.Bind(new GroupMember(9, r, 2), Members.Options))];
        failures = Members.Connect(groups, rank => rank == 0 ? Members.Plan : other);
        AssertMismatch(failures[0], $"plan {Members.Plan} here, {other} at rank 1");
        AssertMismatch(failures[1], $"plan {other} here, {Members.Plan} at rank 0");
        Members.Dispose(groups);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Abort_from_another_thread_ends_a_blocked_exchange_and_all_later_ones(string name)
    {
        ICollectiveGroup[] groups = Members.Connected(Members.Engine(name), 2);
        Exception?[] failures = Members.Run([groups[0]], group =>
        {
            using Timer abort = new(_ => group.Abort("generation 2"), null, 50, Timeout.Infinite);
            group.Barrier(); // rank 1 never comes
        });
        CollectiveException aborted = Assert.IsType<CollectiveException>(failures[0]);
        Assert.Equal(CollectiveFault.Aborted, aborted.Fault);
        Assert.Contains("generation 2", aborted.Message, StringComparison.Ordinal);
        Assert.Equal(CollectiveFault.Aborted, Assert.Throws<CollectiveException>(groups[0].Barrier).Fault);
        Assert.Equal(CollectiveFault.PeerLost, Assert.Throws<CollectiveException>(groups[1].Barrier).Fault);
        Members.Dispose(groups);
        groups[0].Abort("after the end");
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Abort_ends_a_connect_that_waits_for_a_member(string name)
    {
        ICollectiveEngine engine = Members.Engine(name);
        ICollectiveGroup[] groups =
            [.. Enumerable.Range(0, 2).Select(r => engine.Bind(new GroupMember(1, r, 2), Members.Options))];
        byte[][] engineAddresses = [.. groups.Select(g => g.EngineAddress)];
        Exception?[] failures = Members.Run([groups[0]], group =>
        {
            using Timer abort = new(_ => group.Abort("changed"), null, 50, Timeout.Infinite);
            group.Connect(engineAddresses, Members.Plan);
        });
        Assert.Equal(CollectiveFault.Aborted, Assert.IsType<CollectiveException>(failures[0]).Fault);
        Members.Dispose(groups);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void A_member_that_leaves_in_the_middle_is_lost_to_all_others_and_the_rest_form_a_new_group(string name)
    {
        ICollectiveEngine engine = Members.Engine(name);
        ICollectiveGroup[] groups = Members.Connected(engine, 3);
        Exception?[] failures = Members.Run(groups, group =>
        {
            Tensor large = zeros(1 << 20);
            for (int round = 0; round < 5; round++)
            {
                if (group.Member.Rank == 2 && round == 2) group.Dispose();
                else group.AllGather(large);
            }
        });
        Assert.All(failures.Take(2), failure =>
            Assert.Equal(CollectiveFault.PeerLost, Assert.IsType<CollectiveException>(failure).Fault));
        Members.Dispose(groups);

        groups = Members.Connected(engine, 2, generation: 2);
        float[] sums = Members.Results(groups, group =>
            group.AllGather(Filled(10, group.Member.Rank + 1)).Sum(t => t.data<float>()[9]));
        Assert.Equal([3, 3], sums);
        Members.Dispose(groups);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void A_member_that_does_not_take_part_costs_the_timeout_and_no_more(string name)
    {
        CollectiveOptions impatient = Members.Options with { OperationTimeout = TimeSpan.FromSeconds(5) };
        ICollectiveGroup[] groups = Members.Connected(Members.Engine(name), 2, options: impatient);
        Exception?[] failures = Members.Run([groups[0]], group => group.AllGather(zeros(1 << 22)));
        Assert.Equal(CollectiveFault.TimedOut, Assert.IsType<CollectiveException>(failures[0]).Fault);
        Members.Dispose(groups);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Transfers_that_cannot_be_carried_are_refused_before_anything_moves(string name)
    {
        ICollectiveGroup[] groups = Members.Connected(Members.Engine(name), 2);
        Tensor square = zeros(4, 4);
        foreach (Transfer bad in (Transfer[])
                 [new(0, square), new(2, square), new(-1, square), new(1, square.t()), new(1, zeros(0))])
            Assert.Throws<ArgumentException>(() => groups[0].Exchange([bad], []));
        Assert.All(Members.Run(groups, group => group.Barrier()), Assert.Null);
        Members.Dispose(groups);
    }

    private static Tensor Filled(int count, float value) => tensor(Enumerable.Repeat(value, count).ToArray());

    private static float First(Transfer transfer) => transfer.Values.data<float>()[0];

    private static void AssertMismatch(Exception? failure, string difference)
    {
        CollectiveException mismatch = Assert.IsType<CollectiveException>(failure);
        Assert.Equal(CollectiveFault.Mismatch, mismatch.Fault);
        Assert.Contains(difference, mismatch.Message, StringComparison.Ordinal);
    }
}
