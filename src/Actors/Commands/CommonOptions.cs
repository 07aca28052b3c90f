using System.CommandLine;
using Starling.Actors.Configuration;
using Starling.Actors.Configuration.Reading;
using Starling.Data;
using Starling.Model.Snapshots;

namespace Starling.Actors.Commands;

/// <summary>Options that several commands have.</summary>
internal static class CommonOptions
{
    /// <summary><c>--checkpoint DIR</c>.</summary>
    public static Option<string> Checkpoint(bool required = true) => new("--checkpoint")
    {
        Description = "A checkpoint, or a run for its newest",
        HelpName = "DIR",
        Required = required,
    };

    /// <summary><c>--config FILE</c>.</summary>
    public static Option<string> Configuration(string standard) => new("--config")
    {
        Description = "Configuration file, here or in the program's folder",
        DefaultValueFactory = _ => standard,
        HelpName = "FILE",
    };

    /// <summary><c>--run DIR</c>.</summary>
    public static Option<string?> RunFolder() => new("--run")
    {
        Description = "Run folder; one that holds checkpoints is resumed [default: runs/NAME]",
        HelpName = "DIR",
    };

    /// <summary>The folder that <see cref="RunFolder"/> names.</summary>
    public static string RunFolderOf(string? named, StarlingOptions options) =>
        named ?? Path.Combine("runs", options.Name);

    /// <summary><c>--set key=value</c>, repeatable.</summary>
    public static Option<string[]> Set() => new("--set")
    {
        Description = "Overrides a key of the configuration; may be repeated",
        HelpName = "key=value",
        AllowMultipleArgumentsPerToken = true,
    };

    /// <summary><c>--weights student|teacher</c>.</summary>
    public static Option<string> Weights()
    {
        var option = new Option<string>("--weights")
        {
            Description = "Which of the checkpoint's networks",
            DefaultValueFactory = _ => "student",
        };
        option.AcceptOnlyFromAmong("student", "teacher");
        return option;
    }

    /// <summary><c>--kind</c>'s values: a transformer, and a tokenizer.</summary>
    public const string Gpt = "gpt", Vq = "vq";

    /// <summary><c>--kind gpt|vq</c>.</summary>
    public static Option<string> Kind()
    {
        var option = new Option<string>("--kind")
        {
            Description = "Class-conditional transformer, or image tokenizer",
            Required = true,
        };
        option.AcceptOnlyFromAmong(Gpt, Vq);
        return option;
    }

    /// <summary><c>--force</c>, for files that are there already.</summary>
    public static Option<bool> Force() => new("--force") { Description = "Replaces a file that is there already" };

    /// <summary>The checkpoint's part that <see cref="Weights"/> names.</summary>
    public static CheckpointPart PartOf(string weights) =>
        weights == "teacher" ? CheckpointPart.Teacher : CheckpointPart.Student;

    /// <summary>The record, if its annotations hold.</summary>
    /// <exception cref="StarlingException">Names every value out of range.</exception>
    public static T Checked<T>(T options, string source) where T : class, new() =>
        OptionsReader<T>.Parse(OptionsJson.Resolved(options), source, [], []);
}
