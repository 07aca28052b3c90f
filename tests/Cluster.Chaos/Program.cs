using System.CommandLine;
using System.Security.Cryptography;
using Starling.Cluster.Chaos;
using Starling.Cluster.Chaos.Harness;
using Starling.Cluster.Chaos.Scenarios;

Argument<string[]> names = new("SCENARIO") { Description = "Which, or all", Arity = ArgumentArity.OneOrMore };
Option<ulong?> seed = new("--seed") { Description = "Replays the choices of an earlier run" };
Option<long> steps = new("--steps") { Description = "Steps of a run", DefaultValueFactory = _ => 2000 };
Option<string[]> set = new("--set") { Description = "key=value of the configuration", AllowMultipleArgumentsPerToken = true };
Option<string> config = new("--config") { Description = "The configuration file", DefaultValueFactory = _ => "configs/tiny.json" };
Option<bool> keep = new("--keep") { Description = "Keeps the runs' folders" };
RootCommand command = new("Does harm to real clusters and checks what holds. Scenarios:\n" +
    string.Join('\n', Catalogue.All.Select(s => $"  {s.Name,-12} {s.Purpose}")))
{
    names, seed, steps, set, config, keep,
};
command.SetAction(async (arguments, _) =>
{
    string[] asked = arguments.GetValue(names)!;
    if (asked.FirstOrDefault(n => n != "all" && !Catalogue.All.Any(s => s.Name == n)) is { } unknown)
    {
        Console.Error.WriteLine($"starling-chaos: error: there is no scenario {unknown}: {string.Join(", ", Catalogue.All.Select(s => s.Name))}, all");
        return 2;
    }
    ulong chosen = arguments.GetValue(seed) ?? (ulong)RandomNumberGenerator.GetInt32(int.MaxValue);
    long count = arguments.GetValue(steps);
    Console.Out.WriteLine($"seed {chosen}, {count} steps of {arguments.GetValue(config)}");
    using Lab lab = new(chosen, new RunSettings(arguments.GetValue(config)!, count, Math.Max(1, count / 20),
        [.. arguments.GetValue(set) ?? []]), Console.Out, arguments.GetValue(keep));
    foreach (Scenario scenario in Catalogue.All.Where(s => asked.Contains("all") || asked.Contains(s.Name)))
        await Catalogue.RunAsync(scenario, lab);
    Console.Out.WriteLine(lab.Report.Failures.Count == 0 ? "all points hold" : $"{lab.Report.Failures.Count} points do NOT hold:");
    foreach (string failure in lab.Report.Failures) Console.Out.WriteLine($"  {failure}");
    return lab.Report.Failures.Count == 0 ? 0 : 1;
});
return await command.Parse(args).InvokeAsync();
