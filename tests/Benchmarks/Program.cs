using Starling.Benchmarks;
using Starling.Cluster.Chaos;

return await ScenarioCommand.Create("Measures speeds side by side, as ratios.",
    [new ThroughputBenchmark(3), new RecoveryBenchmark(20)]).Parse(args).InvokeAsync();
