using System.CommandLine;
using System.Security.Cryptography;
using Starling.Cluster.Chaos.Harness;
using Starling.Cluster.Chaos.Scenarios;

namespace Starling.Cluster.Chaos;

/// <summary>A command line that runs scenarios. Exit code 0: all points hold, 1: one does not, 2: a mistake.</summary>
internal sealed class ScenarioCommand
{
    private readonly Argument<string[]> _names = new("SCENARIO")
    {
        Description = "Which ones, or all",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<ulong?> _seed = new("--seed") { Description = "Repeats the choices of an earlier run" };

    private readonly Option<long> _steps = new("--steps")
    {
        Description = "Steps of a run",
        DefaultValueFactory = _ => 2000,
    };

    private readonly Option<string> _configuration = new("--config")
    {
        Description = "The configuration file",
        DefaultValueFactory = _ => "configs/tiny.json",
    };

    private readonly Option<string[]> _set = new("--set")
    {
        Description = "key=value of the configuration",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<bool> _keep = new("--keep")
    {
        Description = "Keeps the runs' folders, as it does where a point does not hold",
    };

    private readonly IReadOnlyList<Scenario> _all;

    private ScenarioCommand(IReadOnlyList<Scenario> all) => _all = all;

    public static RootCommand Create(string description, IReadOnlyList<Scenario> all)
    {
        ScenarioCommand command = new(all);
        RootCommand root = new(description + " Scenarios:\n" +
            string.Join('\n', all.Select(s => $"  {s.Name,-12} {s.Purpose}")))
        {
            command._names, command._seed, command._steps, command._configuration, command._set, command._keep,
        };
        root.SetAction((arguments, _) => command.RunAsync(arguments));
        return root;
    }

    private async Task<int> RunAsync(ParseResult arguments)
    {
        string[] asked = arguments.GetValue(_names)!;
        if (asked.FirstOrDefault(n => n != "all" && !_all.Any(s => s.Name == n)) is { } unknown)
        {
            await Console.Error.WriteLineAsync($"error: there is no scenario {unknown}; there are " +
                $"{string.Join(", ", _all.Select(s => s.Name))} and all");
            return 2;
        }
        ulong seed = arguments.GetValue(_seed) ?? (ulong)RandomNumberGenerator.GetInt32(int.MaxValue);
        string file = arguments.GetValue(_configuration)!;
        long steps = arguments.GetValue(_steps);
        RunSettings settings = new(file, steps, Math.Max(1, steps / 20), [.. arguments.GetValue(_set) ?? []]);
        using References references = new();
        using Lab lab = new(seed, settings, new Report(Console.Out, timesCount: true), references);
        lab.Report.Say($"seed {seed}, {file}, {steps} steps a run");
        if (arguments.GetValue(_keep)) lab.Keep(); // at once: an interrupted run's are to be kept too
        foreach (Scenario scenario in _all.Where(s => asked.Contains("all") || asked.Contains(s.Name)))
            await RunAsync(scenario, lab);
        IReadOnlyList<string> failures = lab.Report.Failures;
        lab.Report.Say(failures.Count == 0 ? "\nall points hold" : $"\n{failures.Count} points do not hold:");
        foreach (string failure in failures) lab.Report.Say($"  {failure}");
        if (failures.Count > 0) lab.Keep();
        return failures.Count == 0 ? 0 : 1;
    }

    /// <summary>One that cannot go on is a point that does not hold.</summary>
    private static async Task RunAsync(Scenario scenario, Lab lab)
    {
        lab.Report.Say($"\n== {scenario.Name}: {scenario.Purpose}");
        long began = TimeProvider.System.GetTimestamp();
        try
        {
            await scenario.RunAsync(lab);
        }
        catch (Exception e)
        {
            lab.Report.Check(false, e is ChaosException ? e.Message : e.ToString());
        }
        lab.Report.Say($"   took {TimeProvider.System.GetElapsedTime(began).TotalSeconds:0} s");
    }
}
