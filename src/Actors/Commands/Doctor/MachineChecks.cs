using System.Globalization;
using Starling.Actors.Configuration;
using Starling.Actors.Hosting;
using Starling.Actors.Protocol;
using Starling.Actors.Reporting;
using Starling.Data;
using TorchSharp;

namespace Starling.Actors.Commands.Doctor;

/// <summary>Checks of the machine: device, libraries, memory, cores.</summary>
/// <param name="options">The configuration.</param>
/// <param name="roles">The node's roles.</param>
internal sealed class MachineChecks(StarlingOptions options, IReadOnlyList<string> roles)
{
    private const int KibiByte = 1024;

    /// <summary>Looks for the device that trains, if the node is to compute on it.</summary>
    public Finding Device()
    {
        torch.Device device = new(options.Training.Device);
        string version = $"libtorch {torch.__version__}";
        bool computes = roles.Contains(NodeRole.Trainer) ||
            roles.Contains(NodeRole.Loader) && options.Data.TokenizeOn == TokenizeOn.Loader;
        if (!computes) return Finding.Ok($"not needed: the node neither trains nor tokenizes; {version}");
        if (device.type == DeviceType.CPU) return Finding.Ok($"cpu, {version}");
        if (!torch.cuda.is_available())
            return Finding.Failed($"training.device = {options.Training.Device}: no CUDA here ({version}). Use a " +
                "libtorch for CUDA (STARLING_TORCH_LIB_DIR) on a machine with a driver, or training.device=cpu");
        int count = torch.cuda.device_count();
        return device.index < count
            ? Finding.Ok($"{options.Training.Device} of {count}, {version}")
            : Finding.Failed($"training.device = {options.Training.Device}: there are {count} devices");
    }

    /// <summary>Looks for the library by which trainers exchange gradients.</summary>
    /// <param name="joins">Whether the node joins others, which may have trainers.</param>
    public Finding Exchange(bool joins)
    {
        if (!roles.Contains(NodeRole.Trainer)) return Finding.Ok("not needed: the node does not train");
        if (options.Cluster.Engine == CollectiveEngine.Inproc) return Finding.Ok("none: one trainer only");
        string name = options.Cluster.Engine.Named();
        DeviceType device = new torch.Device(options.Training.Device).type;
        if (joins) return Finding.Ok(CollectiveEngines.For(name, device).GetType().Name);
        List<string> missing = [];
        string chosen = CollectiveEngines.ForTheFirst(name, device, missing.Add).GetType().Name;
        return missing.Count == 0 ? Finding.Ok(chosen) : Finding.Warning(missing[0]);
    }

    /// <summary>Compares what a trainer needs with the machine's memory.</summary>
    /// <param name="needed">Bytes that a trainer needs that hosts every replica.</param>
    public Finding Memory(long needed)
    {
        if (options.Training.Device != "cpu")
            return Finding.Ok($"{Display.Bytes(needed)} on the device for a trainer that hosts every replica");
        (long total, long available) = ReadMemory();
        string text = $"{Display.Bytes(available)} of {Display.Bytes(total)} available; a trainer that hosts every " +
            $"replica needs {Display.Bytes(needed)}, and 0.4 GB for itself";
        return needed > total ? Finding.Failed($"{text}. Use a smaller training.microBatch, or a larger machine")
            : needed > available ? Finding.Warning($"{text}. End what else uses it")
            : Finding.Ok(text);
    }

    /// <summary>Compares threads with cores.</summary>
    public Finding Cores()
    {
        int cores = Environment.ProcessorCount, threads = options.Training.Threads;
        string text = string.Create(CultureInfo.InvariantCulture,
            $"{cores} cores; training.threads = {threads}, data.workers = {options.Data.Workers}");
        return threads > cores ? Finding.Warning($"{text}. More threads than cores slow each other down")
            : Finding.Ok(text);
    }

    private static (long Total, long Available) ReadMemory()
    {
        long limit = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes; // the container's limit, if there is one
        Dictionary<string, long> system = File.ReadLines("/proc/meminfo").Select(line => line.Split([':', ' '],
            StringSplitOptions.RemoveEmptyEntries)).Where(words => words.Length > 1)
            .ToDictionary(words => words[0], words => KibiByte * long.Parse(words[1], CultureInfo.InvariantCulture));
        return (Math.Min(limit, system["MemTotal"]), Math.Min(limit, system["MemAvailable"]));
    }
}
