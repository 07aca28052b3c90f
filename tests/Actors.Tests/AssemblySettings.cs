using Starling.Actors.Tests.Support;

// Two cores: parallel test collections would only fight over OpenMP's threads.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: AssemblyFixture(typeof(TinyAssets))]
