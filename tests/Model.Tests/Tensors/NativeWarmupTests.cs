using Starling.Model.Tensors;

namespace Starling.Model.Tests.Tensors;

public sealed class NativeWarmupTests
{
    /// <summary>What goes wrong without them does so once in many processes: no test can wait for it.</summary>
    [Fact]
    public void Loading_libtorch_makes_them() => Assert.True(NativeWarmup.Made);
}
