using Akka.Actor;
using Akka.TestKit;
using Starling.Actors.Loading;
using Starling.Actors.Protocol;
using Starling.Actors.Shares;
using Starling.Actors.Tests.Support;
using Starling.Data;

namespace Starling.Actors.Tests.Loading;

/// <summary>
/// Which requests a loader begins. The source is controlled by the test, with two shares in work at most.
/// </summary>
public sealed class LoaderRequestTests : ActorTests
{
    private volatile ScriptedSource _source = new(travels: true);
    private int _opened;
    private readonly ManualTime _time = new();
    private readonly TestProbe _one, _other, _monitor;
    private readonly IActorRef _loader;

    public LoaderRequestTests()
    {
        (_one, _other, _monitor) = (CreateTestProbe(), CreateTestProbe(), CreateTestProbe());
        TestProbe supervisor = CreateTestProbe();
        _loader = Sys.ActorOf(Props.Create(() =>
            new ShardLoader("l", TestIdentity.Run, () => Open(), 2, supervisor, _monitor, _time)));
    }

    [Fact]
    public async Task No_more_is_begun_than_may_be_in_work()
    {
        Ask(_one, 1, 2, 3);
        await Begun(1, 2);
        NothingBegun();
        _source.Make(1, 0);
        Assert.Equal(1, Answer(_one));
        await Begun(3);
    }

    [Fact]
    public async Task What_was_withdrawn_is_not_begun()
    {
        Ask(_one, 1, 2, 3, 4);
        await Begun(1, 2);
        _loader.Tell(new LoaderProtocol.Withdraw(3, 0), _one);
        _source.Make(1, 0);
        Assert.Equal(1, Answer(_one));
        await Begun(4);
    }

    [Fact]
    public async Task What_a_dead_asker_asked_for_is_not_begun()
    {
        Ask(_one, 1, 2, 3);
        Ask(_other, 4);
        await Begun(1, 2);
        // A probe ends within this call, and its watchers are notified before the call returns.
        _one.Tell(PoisonPill.Instance);
        // Settled twice, because the loader may answer once more before it handles the notification.
        Settle(_loader);
        Settle(_loader);
        _source.Make(1, 0);
        await Begun(4);
        _source.Make(2, 0);
        _source.Make(4, 0);
        Assert.Equal(4, Answer(_other));
    }

    [Fact]
    public async Task A_share_that_two_ask_for_is_made_once()
    {
        Ask(_one, 1, 1);
        Ask(_other, 1);
        await Begun(1);
        NothingBegun();
        _source.Make(1, 0);
        Assert.Equal((1, 1), (Answer(_one), Answer(_other)));
        Settle(_loader);
        Assert.False(_one.HasMessages); // asked for twice before it was answered once
    }

    [Fact]
    public async Task Tokens_that_were_made_lately_are_not_made_again()
    {
        Ask(_one, 1);
        await Begun(1);
        _source.Make(1, 0);
        Answer(_one);
        Ask(_other, 1);
        Assert.Equal(1, Answer(_other));
        NothingBegun();
    }

    [Fact]
    public async Task A_source_that_fails_is_told_to_each_asker_of_each_share_and_replaced_at_the_next_request()
    {
        Ask(_one, 1, 2, 3);
        Ask(_other, 3);
        await Begun(1, 2);
        _source.Fail(new StarlingException("the tokenizer cannot be read", scope: FaultScope.Node));
        foreach ((TestProbe asker, int[] steps) in ((TestProbe, int[])[])[(_one, [1, 2, 3]), (_other, [3])])
            Assert.Equal(
                steps.Select(step => new LoaderProtocol.Failed(
                    step, 0, "the tokenizer cannot be read", FaultScope.Node)),
                steps.Select(_ => asker.ExpectMsg<LoaderProtocol.Failed>(Timeout)).OrderBy(f => f.Step));
        Settle(_loader);
        Assert.False(_one.HasMessages);
        Assert.Equal("io", Fault().Kind);
        Assert.Equal(1, _opened); // a source that fails at once is not opened again and again
        Ask(_one, 4);
        await Begun(4);
        Assert.Equal(2, _opened);
    }

    [Fact]
    public async Task A_share_that_cannot_be_made_is_refused_and_the_others_are_made()
    {
        Ask(_one, 1, 2, 3);
        await Begun(1, 2);
        _source.Refuse(1, 0, new StarlingException("a.parquet: row group 1 is damaged"));
        Assert.Equal(new LoaderProtocol.Failed(1, 0, "a.parquet: row group 1 is damaged", FaultScope.Request),
            _one.ExpectMsg<LoaderProtocol.Failed>(Timeout));
        await Begun(3);
        _source.Make(2, 0);
        Assert.Equal(2, Answer(_one));
        Assert.Equal(new MonitorProtocol.LoaderFault("damaged", "a.parquet: row group 1 is damaged", true), Fault());
    }

    /// <summary>Nothing that the disk did is remembered: the next request reads again.</summary>
    [Fact]
    public async Task A_disk_that_works_again_makes_the_share_and_the_user_hears_of_both_once()
    {
        foreach (bool first in (bool[])[true, false])
        {
            Ask(_one, 1);
            await Begun(1);
            _source.Refuse(1, 0, new IOException("Input/output error"));
            Assert.Equal(new LoaderProtocol.Failed(1, 0, "Input/output error", FaultScope.Node),
                _one.ExpectMsg<LoaderProtocol.Failed>(Timeout));
            Assert.Equal(new MonitorProtocol.LoaderFault("io", "Input/output error", first), Fault());
        }
        Ask(_one, 1);
        await Begun(1);
        _source.Make(1, 0);
        Assert.Equal(1, Answer(_one));
        Assert.Equal("the loader makes shares again",
            ((MonitorProtocol.Note)_monitor.FishForMessage(m => m is MonitorProtocol.Note, Timeout)).Line);
    }

    /// <summary>A disk may be mounted again, but a file that was deleted does not come back.</summary>
    [Fact]
    public async Task A_file_that_is_missing_for_long_is_gone()
    {
        await Missing(FaultScope.Node);
        _time.Advance(ShardLoader.MissingTimeout.TotalSeconds);
        await Missing(FaultScope.Node);
        _time.Advance(1);
        await Missing(FaultScope.Request);

        async Task Missing(FaultScope expected)
        {
            Ask(_one, 1);
            await Begun(1);
            _source.Refuse(1, 0, new FileNotFoundException("Could not find file 'a.parquet'."));
            Assert.Equal(expected, _one.ExpectMsg<LoaderProtocol.Failed>(Timeout).Scope);
        }
    }

    [Fact]
    public async Task A_source_that_refuses_a_request_counts_as_failed_and_is_replaced()
    {
        Ask(_one, 1);
        await Begun(1);
        _source.IsFull = true;
        Ask(_one, 2);
        LoaderProtocol.Failed[] failed = [.. Enumerable.Range(0, 2).Select(
            _ => _one.ExpectMsg<LoaderProtocol.Failed>(Timeout))];
        Assert.Equal([1, 2], failed.Select(f => f.Step).Order());
        Assert.All(failed, f => Assert.Equal(FaultScope.Node, f.Scope));
        Assert.All(failed, f => Assert.Contains("step 2", f.Reason));
        _source.IsFull = false;
        Ask(_one, 1);
        await Begun(1); // by the loader's next incarnation
    }

    [Fact]
    public void The_monitor_is_told_again_and_again_how_many_batches_wait()
    {
        Assert.Equal(new MonitorProtocol.BatchQueue(0, 7), _monitor.ExpectMsg<MonitorProtocol.BatchQueue>(Timeout));
        _source.QueueDepth = 3;
        Assert.Equal(new MonitorProtocol.BatchQueue(3, 7), _monitor.ExpectMsg<MonitorProtocol.BatchQueue>(Timeout));
    }

    [Fact]
    public void A_loader_ends_after_the_threads_of_its_source()
    {
        _source.EndTime = TimeSpan.FromSeconds(0.5);
        Watch(_loader);
        Sys.Stop(_loader);
        ExpectTerminated(_loader, Timeout);
        Assert.True(_source.HasEnded);
    }

    private ScriptedSource Open()
    {
        _opened++;
        return _opened == 1 ? _source : _source = new ScriptedSource(travels: true);
    }

    private MonitorProtocol.LoaderFault Fault() =>
        (MonitorProtocol.LoaderFault)_monitor.FishForMessage(m => m is MonitorProtocol.LoaderFault, Timeout);

    private void Ask(TestProbe asker, params int[] steps)
    {
        foreach (int step in steps) _loader.Tell(new LoaderProtocol.Request(step, 0), asker);
    }

    private async Task Begun(params int[] steps)
    {
        Settle(_loader); // a request may open another source
        foreach (int step in steps) Assert.Equal(new ShareKey(step, 0), await _source.AskedAsync(Timeout));
    }

    private void NothingBegun()
    {
        Settle(_loader);
        Assert.True(_source.NothingAsked);
    }

    private static long Answer(TestProbe asker) => asker.ExpectMsg<LoaderProtocol.LoadedTokens>(Timeout).Step;
}
