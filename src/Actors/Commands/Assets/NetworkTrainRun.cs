using System.Text.Json;
using Starling.Actors.Configuration;
using Starling.Actors.Configuration.Reading;
using Starling.Actors.Protocol;
using Starling.Data;
using Starling.Model.Optimizers;

namespace Starling.Actors.Commands.Assets;

/// <summary>What the commands that train one network and write it into one file have in common.</summary>
/// <typeparam name="TOptions">The record of the command's configuration.</typeparam>
internal sealed class NetworkTrainRun<TOptions> where TOptions : class, new()
{
    private const int LogEverySteps = 50;
    private readonly string _command;
    private readonly CommandContext _context;
    private readonly CancellationToken _cancellation;

    /// <summary>Reads and checks the configuration.</summary>
    /// <param name="command">The command, for the written file: <c>starling tokenizer train</c>.</param>
    /// <param name="path">The configuration file, as the user named it.</param>
    /// <param name="overrides">The <c>--set</c> arguments.</param>
    /// <param name="rules">Conditions on several keys.</param>
    /// <param name="context">Where progress is printed.</param>
    /// <param name="cancellation">Ends the training after the step at hand. The file is still written.</param>
    /// <exception cref="StarlingException">The configuration is wrong.</exception>
    public NetworkTrainRun(string command, string path, string[] overrides,
        IReadOnlyList<CrossFieldRule<TOptions>> rules, CommandContext context, CancellationToken cancellation)
    {
        _command = $"{command} --config {path}";
        _context = context;
        _cancellation = cancellation;
        string text = ConfigurationFiles.ReadText(ConfigurationFiles.Find(path));
        Options = OptionsReader<TOptions>.Parse(text, path, overrides, rules);
    }

    /// <summary>The configuration.</summary>
    public TOptions Options { get; }

    /// <summary>Trains, and prints a line for every 50th step and for the last one.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="steps">Number of steps.</param>
    /// <param name="batches">One batch for each step.</param>
    /// <param name="measured">Renders the measurements of a step.</param>
    public void Train<TBatch, TMetrics>(INetworkTrainer<TBatch, TMetrics> trainer, long steps,
        IEnumerable<TBatch> batches, Func<TMetrics, string> measured)
    {
        trainer.Run(steps, batches, Print, _cancellation);

        void Print(TMetrics metrics)
        {
            long step = trainer.StepsDone;
            if (step % LogEverySteps != 0 && step != steps) return;
            _context.Out.WriteLine(FormattableString.Invariant($"step {step}/{steps}  ") + measured(metrics));
        }
    }

    /// <summary>
    /// Writes the network with the command and the configuration that made it, and prints the result.
    /// </summary>
    /// <param name="output">The file.</param>
    /// <param name="save">Writes the network and its metadata to a path.</param>
    /// <param name="result">What is printed behind the file's name.</param>
    /// <param name="metadata">More metadata of this network.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="StarlingException">The file cannot be written.</exception>
    public int Write(string output, Action<string, IReadOnlyDictionary<string, string>> save, string result,
        params ReadOnlySpan<(string Key, string Value)> metadata)
    {
        Dictionary<string, string> entries = new()
        {
            ["command"] = _command,
            ["configuration"] = JsonSerializer.Serialize(Options, OptionsJson.Compact),
        };
        foreach ((string key, string value) in metadata) entries[key] = value;
        OutputFile.Write(output, file => save(file, entries));
        _context.Out.WriteLine($"{output}: {result}");
        return _cancellation.IsCancellationRequested ? ExitCodes.Interrupted : ExitCodes.Success;
    }
}
