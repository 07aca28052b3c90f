using System.CommandLine;
using System.Globalization;
using Starling.Actors.Commands.Train;
using Starling.Actors.Configuration;
using Starling.Actors.Protocol;
using Starling.Actors.Runs;
using Starling.Data;

namespace Starling.Actors.Commands.Doctor;

/// <summary>
/// <c>starling doctor</c>: looks, before a node starts, for what would keep it from working. One line for each check.
/// </summary>
internal sealed class DoctorCommand(CommandContext context)
{
    /// <summary>How long a check may take. A folder whose server is away would hang for ever.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long the data may take to be opened: with all footers and labels, a minute on a slow network disk.
    /// </summary>
    private static readonly TimeSpan DataLimit = TimeSpan.FromMinutes(10);

    private readonly Option<string> _configuration = CommonOptions.Configuration(ConfigurationFiles.Default);
    private readonly Option<string?> _run = CommonOptions.RunFolder();
    private readonly Option<string[]> _set = CommonOptions.Set();

    private readonly Option<string> _roles = new("--roles")
    {
        Description = "What the node is to do, with commas",
        HelpName = "ROLES",
        DefaultValueFactory = _ => string.Join(',', NodeRole.All),
    };

    private readonly Option<string> _host = new("--host")
    {
        Description = "The address it is to listen on",
        HelpName = "H",
        DefaultValueFactory = _ => "127.0.0.1",
    };

    private readonly Option<int> _port = new("--port") { Description = "The port; 0 for any", HelpName = "P" };

    private readonly Option<string?> _seed = new("--seed")
    {
        Description = "Nodes of the cluster to join, with commas",
        HelpName = "host:port",
    };

    private bool _failed, _mayPass;

    public static Command Create(CommandContext context)
    {
        DoctorCommand doctor = new(context);
        Command command = new("doctor", "Checks folder, network, libraries, memory and data before a node starts.")
        {
            doctor._configuration, doctor._run, doctor._set, doctor._roles, doctor._host, doctor._port, doctor._seed,
        };
        command.SetAction(doctor.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        StarlingOptions options = StarlingConfiguration.Read(
            arguments.GetValue(_configuration)!, arguments.GetValue(_set) ?? []);
        string[] roles = Words(arguments.GetValue(_roles)!), seeds = Words(arguments.GetValue(_seed) ?? "");
        FolderChecks folder = new(CommonOptions.RunFolderOf(arguments.GetValue(_run), options), context.Time);
        MachineChecks machine = new(options, roles);
        NetworkChecks network = new(options, context.Time);
        PlannedInputs? inputs = null;

        await CheckAsync("folder", folder.Works, cancellation);
        await CheckAsync("clock", folder.Clock, cancellation);
        await CheckAsync("data", () => Data(inputs = PlannedInputs.Of(options)), cancellation, DataLimit);
        await CheckAsync("files", () => Files(options, roles), cancellation);
        if (inputs is not null)
        {
            TrainingCost cost = TrainingCost.Of(
                options, TransformerShapes.Transformer(options, inputs.Classes, inputs.Tokenizer));
            await CheckAsync("room", () => folder.Room(cost.CheckpointBytes,
                options.Checkpoint.KeepLatest + options.Checkpoint.KeepBest), cancellation);
            if (roles.Contains(NodeRole.Trainer))
                await CheckAsync("memory", () => machine.Memory(cost.MemoryBytes), cancellation);
        }
        await CheckAsync("cores", machine.Cores, cancellation);
        await CheckAsync("device", machine.Device, cancellation);
        await CheckAsync("exchange", () => machine.Exchange(joins: seeds.Length > 0), cancellation);
        await CheckAsync("address", () => network.AddressAsync(
            arguments.GetValue(_host)!, arguments.GetValue(_port), cancellation), cancellation);
        await CheckAsync("seeds", () => network.SeedsAsync(seeds, cancellation), cancellation);
        // Whoever starts nodes asks again after 75, and starts none after 2.
        return _failed ? ExitCodes.UserError : _mayPass ? ExitCodes.StartAgain : ExitCodes.Success;
    }

    private Task CheckAsync(
        string what, Func<Finding> check, CancellationToken cancellation, TimeSpan? longest = null) =>
        CheckAsync(what, () => Task.FromResult(check()), cancellation, longest);

    private async Task CheckAsync(
        string what, Func<Task<Finding>> check, CancellationToken cancellation, TimeSpan? longest = null)
    {
        TimeSpan limit = longest ?? Limit;
        Finding finding;
        try
        {
            finding = await Task.Run(check, cancellation).WaitAsync(limit, context.Time, cancellation);
        }
        catch (TimeoutException)
        {
            finding = Finding.FailedForNow(string.Create(CultureInfo.InvariantCulture,
                $"no answer in {limit.TotalSeconds:0} s: a disk or a file server hangs"));
        }
        catch (Exception e) when (e is StarlingException or TryAgainException || e.IsDiskFailure())
        {
            bool mayPass = e is TryAgainException || (e is StarlingException ? e.InnerException : e)?.MayPass() == true;
            finding = mayPass ? Finding.FailedForNow(e.Message) : Finding.Failed(e.Message);
        }
        _failed |= finding.Verdict == Verdict.Failed && !finding.MayPass;
        _mayPass |= finding.MayPass;
        string verdict = finding.Verdict == Verdict.Failed ? "FAILED" : finding.Verdict.Named();
        context.Out.WriteLine($"{verdict,-8} {what,-9} {finding.Text}");
    }

    private static Finding Data(PlannedInputs inputs)
    {
        string text = FormattableString.Invariant(
            $"{inputs.Images} images, {inputs.Classes} classes, {inputs.StepsPerEpoch} steps to an epoch");
        return inputs.Absent.Count == 0
            ? Finding.Ok(text)
            : Finding.Failed(string.Join("; ", inputs.Absent));
    }

    private static Finding Files(StarlingOptions options, IReadOnlyList<string> roles)
    {
        List<string> files = [AssetFiles.Tokenizer(options.Tokenizer.Path)];
        if (roles.Contains(NodeRole.Evaluator) && options.Evaluation.Enabled)
            files.Add(AssetFiles.FeatureNetwork(options.Evaluation.FeatureNetwork));
        return Finding.Ok(string.Join(", ", files));
    }

    private static string[] Words(string text) =>
        text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
