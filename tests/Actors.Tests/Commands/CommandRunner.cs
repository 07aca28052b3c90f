using Spectre.Console;
using Starling.Actors.Commands;
using Starling.Actors.Configuration;
using Starling.Actors.Hosting.Processes;
using Starling.Actors.LocalCluster;
using Starling.Actors.Protocol;
using Starling.Model.Evaluation;

namespace Starling.Actors.Tests.Commands;

/// <summary>Runs the command line in this process and keeps its output.</summary>
internal sealed class CommandRunner : ITrainingHost, INodeHost, IClusterHost, IEvaluationHost
{
    private readonly StringWriter _output = new(), _error = new();

    public Func<StarlingOptions, TrainRequest, Task<int>> OnTrain { get; set; } =
        (_, _) => Task.FromResult(ExitCodes.Success);

    public NodeRequest? Node { get; private set; }

    public ClusterRequest? Cluster { get; private set; }

    public Func<string, EvaluationReport> OnEvaluate { get; set; } = _ => throw new InvalidOperationException();

    /// <summary>Completes with the exit code when a command has the process ended.</summary>
    public TaskCompletionSource<int> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Where results go instead of <see cref="Output"/>.</summary>
    public TextWriter? Out { get; init; }

    public string Output => _output.ToString();

    public string Error => _error.ToString();

    public string[] OutputLines => Output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);

    public string[] ErrorLines => Error.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);

    public Task<int> RunAsync(params string[] args) => RunAsync(CancellationToken.None, args);

    public Task<int> RunAsync(CancellationToken cancellationToken, params string[] args)
    {
        var context = new CommandContext
        {
            Console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(_output) }),
            Out = Out ?? _output,
            Error = _error,
            Time = TimeProvider.System,
            Training = this,
            Node = this,
            Cluster = this,
            Evaluation = this,
            End = Ended.SetResult,
        };
        return CommandLine.RunAsync(args, context, cancellationToken);
    }

    Task<int> ITrainingHost.RunAsync(StarlingOptions options, TrainRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return OnTrain(options, request);
    }

    Task<int> INodeHost.RunAsync(StarlingOptions options, NodeRequest request, CancellationToken cancellationToken)
    {
        Node = request;
        return Task.FromResult(ExitCodes.Success);
    }

    Task<int> IClusterHost.RunAsync(ClusterRequest request, CancellationToken cancellationToken)
    {
        Cluster = request;
        return Task.FromResult(ExitCodes.Success);
    }

    Task<EvaluationReport> IEvaluationHost.EvaluateAsync(
        string checkpoint, StarlingOptions options, CancellationToken cancellationToken) =>
        Task.FromResult(OnEvaluate(checkpoint));
}
