using Starling.Model.Tensors;

// Test collections run one after the other. On two cores, parallel ones would only compete for OpenMP's threads.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: AssemblyFixture(typeof(Starling.Model.Tests.TorchFixture))]

namespace Starling.Model.Tests;

/// <summary>Loads libtorch before the first test touches a tensor.</summary>
public sealed class TorchFixture
{
    public TorchFixture() => LibTorch.Initialize();
}
