using System.CommandLine;
using Starling.Actors.Configuration;
using Starling.Actors.Configuration.Reading;
using Starling.Data;
using Starling.Model.Snapshots;

namespace Starling.Actors.Commands;

/// <summary>Makes the options that several commands have.</summary>
internal static class CommonOptions
{
    /// <summary>Makes <c>--checkpoint DIR</c>.</summary>
    public static Option<string> Checkpoint(bool required = true) => new("--checkpoint")
    {
        Description = "A checkpoint, or a run for its newest",
        HelpName = "DIR",
        Required = required,
    };

    /// <summary>Makes <c>--config FILE</c>.</summary>
    /// <param name="standard">The file that is used without the option.</param>
    public static Option<string> Configuration(string standard) => new("--config")
    {
        Description = "Configuration file, here or in the program's folder",
        DefaultValueFactory = _ => standard,
        HelpName = "FILE",
    };

    /// <summary>Makes <c>--run DIR</c>.</summary>
    public static Option<string?> RunFolder() => new("--run")
    {
        Description = "Run folder; one that holds checkpoints is resumed [default: runs/NAME]",
        HelpName = "DIR",
    };

    /// <summary>Returns the folder that <see cref="RunFolder"/> names, or the default one.</summary>
    public static string RunFolderOf(string? named, StarlingOptions options) =>
        named ?? Path.Combine("runs", options.Name);

    /// <summary>Makes <c>--set key=value</c>, which may be repeated.</summary>
    public static Option<string[]> Set() => new("--set")
    {
        Description = "Overrides a key of the configuration; may be repeated",
        HelpName = "key=value",
        AllowMultipleArgumentsPerToken = true,
    };

    /// <summary>Makes <c>--weights student|teacher</c>.</summary>
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

    /// <summary>The values of <c>--kind</c>: a transformer, and a tokenizer.</summary>
    public const string Gpt = "gpt", Vq = "vq";

    /// <summary>Makes <c>--kind gpt|vq</c>.</summary>
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

    /// <summary>Makes <c>--force</c>, which allows to replace a file that exists.</summary>
    public static Option<bool> Force() => new("--force") { Description = "Replaces a file that is there already" };

    /// <summary>Returns the checkpoint's part that <see cref="Weights"/> names.</summary>
    public static CheckpointPart PartOf(string weights) =>
        weights == "teacher" ? CheckpointPart.Teacher : CheckpointPart.Student;

    /// <summary>Checks a record against the annotations of its properties, and returns it.</summary>
    /// <param name="options">The record.</param>
    /// <param name="source">The name of the source of the values, for the message.</param>
    /// <exception cref="StarlingException">Values are out of range. The message names all of them.</exception>
    public static T Checked<T>(T options, string source) where T : class, new() =>
        OptionsReader<T>.Parse(OptionsJson.Resolved(options), source, [], []);
}
