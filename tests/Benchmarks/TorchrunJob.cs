using System.Globalization;
using Starling.Cluster.Chaos.Harness;

namespace Starling.Benchmarks;

/// <summary>A job of two workers under torchrun, which starts both again when one dies.</summary>
internal sealed class TorchrunJob : IAsyncDisposable
{
    private const string Python = "/usr/bin/python3"; // Debian's, which python3-torch belongs to
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2), Moment = TimeSpan.FromMilliseconds(5);
    private readonly OsProcess _agent;
    private readonly string _folder;

    private TorchrunJob(OsProcess agent, string folder) => (_agent, _folder) = (agent, folder);

    /// <summary>Whether PyTorch is there.</summary>
    public static async Task<bool> IsAvailableAsync()
    {
        if (!File.Exists(Python)) return false;
        await using OsProcess python = OsProcess.Start(Python, "-c", "import torch.distributed.run");
        return await python.Exited == 0;
    }

    /// <summary>Starts it.</summary>
    /// <param name="folder">Where it keeps its state.</param>
    /// <param name="monitorInterval">Seconds between two looks of the agent at its workers.</param>
    public static TorchrunJob Start(string folder, double monitorInterval)
    {
        Directory.CreateDirectory(folder);
        return new TorchrunJob(OsProcess.Start(Python, "-m", "torch.distributed.run", "--nnodes=1",
            "--nproc_per_node=2", "--max_restarts=1000", "--rdzv_backend=c10d", "--rdzv_endpoint=127.0.0.1:0",
            // Their defaults (0) end in an error with Python 3.11.
            "--redirects=1", "--tee=1", "--log_dir", Path.Combine(folder, "log"),
            string.Create(CultureInfo.InvariantCulture, $"--monitor_interval={monitorInterval}"),
            Path.Combine(AppContext.BaseDirectory, "elastic_job.py"), folder), folder);
    }

    /// <summary>The last step of a worker: its process and the moment; null before the first.</summary>
    public (int Process, double Seconds)? Last(int rank)
    {
        string path = Path.Combine(_folder, $"{rank}.log");
        if (!File.Exists(path)) return null;
        using StreamReader file = new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        string[] lines = file.ReadToEnd().Split('\n');
        if (lines.Length < 2) return null; // the last one may be half written
        string[] words = lines[^2].Split(' ');
        return (int.Parse(words[0], CultureInfo.InvariantCulture),
            double.Parse(words[3], CultureInfo.InvariantCulture));
    }

    /// <summary>Waits until both workers make steps, as other processes than these.</summary>
    public async Task<double> TrainingAsync(IReadOnlyCollection<int> besides)
    {
        long began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (Last(0) is { } first && Last(1) is { } second && !besides.Contains(first.Process) &&
                !besides.Contains(second.Process)) return Math.Max(first.Seconds, second.Seconds);
            if (_agent.Exited.IsCompleted || TimeProvider.System.GetElapsedTime(began) > Timeout)
                throw new ChaosException(
                    $"torchrun makes no steps; it said\n{string.Join('\n', _agent.Lines.TakeLast(20))}");
            await Task.Delay(Moment);
        }
    }

    /// <summary>Ends the agent, which its workers do not outlive.</summary>
    public async ValueTask DisposeAsync()
    {
        Signals.Send(_agent.Id, Signals.Terminate);
        await Task.WhenAny(_agent.Exited, Task.Delay(TimeSpan.FromSeconds(20)));
        await _agent.DisposeAsync();
    }
}
