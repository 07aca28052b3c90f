using Starling.Model.Tensors;

// Two cores: parallel test collections would only fight over OpenMP's threads.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: AssemblyFixture(typeof(Starling.Model.Tests.TorchFixture))]

namespace Starling.Model.Tests;

/// <summary>Loads libtorch before the first test touches a tensor.</summary>
public sealed class TorchFixture
{
    public TorchFixture() => LibTorch.Initialize();
}
