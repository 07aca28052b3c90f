using Starling.Model.Tensors;

namespace Starling.Model.Tests.Tensors;

public sealed class FirstCallsTests
{
    /// <summary>What goes wrong without them does so once in many processes: no test can wait for it.</summary>
    [Fact]
    public void They_are_made_before_anybody_has_a_thread_that_computes() => Assert.True(FirstCalls.Made);
}
