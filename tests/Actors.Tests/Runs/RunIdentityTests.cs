using Starling.Actors.Runs;
using Starling.Actors.Tests.Support;

namespace Starling.Actors.Tests.Runs;

public sealed class RunIdentityTests
{
    [Fact]
    public void The_same_is_accepted() => Assert.Null((TestIdentity.Run with { }).DifferenceFrom(TestIdentity.Run));

    [Theory]
    [InlineData("protocol")]
    [InlineData("configuration")]
    [InlineData("data set")]
    [InlineData("tokenizer")]
    [InlineData("run folder")]
    public void What_differs_is_named_with_both_values(string what)
    {
        RunIdentity run = TestIdentity.Run;
        (RunIdentity other, string mine, string its) = what switch
        {
            "protocol" => (run with { Protocol = 99 }, "99", $"{run.Protocol}"),
            "configuration" => (run with { ConfigHash = "mine" }, "mine", run.ConfigHash),
            "run folder" => (run with { Folder = "mine" }, "mine", run.Folder),
            "data set" => (run with { DataFingerprint = "mine" }, "mine", run.DataFingerprint),
            _ => (run with { TokenizerFingerprint = "mine" }, "mine", run.TokenizerFingerprint),
        };
        string difference = other.DifferenceFrom(run)!;
        Assert.Contains(what, difference);
        Assert.Contains(mine, difference);
        Assert.Contains(its, difference);
    }
}
