using Starling.Actors.Runs;

namespace Starling.Actors.Tests.Support;

/// <summary>What all nodes of a test's run agree on.</summary>
internal static class TestIdentity
{
    public static RunIdentity Run { get; } = new(RunIdentity.CurrentProtocol, "config", "data", "tokenizer", "folder");
}
