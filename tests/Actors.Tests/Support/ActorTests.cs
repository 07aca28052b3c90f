using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit;

namespace Starling.Actors.Tests.Support;

/// <summary>An actor system for each test, whose warnings go to the test's output.</summary>
/// <param name="more">More configuration.</param>
public abstract class ActorTests(string more = "") : TestKit(more + Quiet, TestContext.Current.TestOutputHelper)
{
    /// <summary>How long anything may take before a test fails; never how long it has to take.</summary>
    protected static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private const string Quiet = """

        akka { loglevel = WARNING, loggers = [], log-dead-letters = off, log-dead-letters-during-shutdown = off }
        """;

    /// <summary>A folder of the test's own.</summary>
    protected TestFolder Folder { get; } = new();

    /// <summary>
    /// Takes the messages that a probe was sent before this call. A mailbox is in order, so the call puts a message of
    /// its own behind them and takes messages until it comes.
    /// </summary>
    protected static IReadOnlyList<object> Received(TestProbe probe)
    {
        object fence = new();
        probe.Ref.Tell(fence);
        List<object> received = [];
        while (probe.ReceiveOne(Timeout) is var message && !ReferenceEquals(message, fence))
            received.Add(message ?? throw new TimeoutException("the probe does not receive its own message"));
        return received;
    }

    /// <summary>Waits until an actor has dealt with everything it was told so far.</summary>
    protected void Settle(IActorRef actor)
    {
        actor.Tell(new Identify(null), TestActor);
        ExpectMsg<ActorIdentity>(Timeout);
    }

    /// <inheritdoc/>
    protected override void AfterAll()
    {
        base.AfterAll();
        Folder.Dispose();
    }
}
