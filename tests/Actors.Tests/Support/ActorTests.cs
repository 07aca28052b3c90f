using Akka.Actor;
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
