using Starling.Actors.Collectives;
using Starling.Actors.Collectives.Gloo;
using Starling.Actors.Collectives.Nccl;
using Starling.Data;
using TorchSharp;

namespace Starling.Actors.Hosting;

/// <summary>Chooses the engine that connects the trainers' processes.</summary>
public static class CollectiveEngines
{
    /// <summary>The name that stands for the best available engine for the trainers' device.</summary>
    public const string Automatic = "auto";

    private static readonly GlooEngine Gloo = new();
    private static readonly NcclEngine Nccl = new();

    /// <summary>Returns the engine of a name for a node that begins a cluster.</summary>
    /// <inheritdoc cref="For"/>
    /// <remarks>
    /// The node may be the only one with a trainer, so an engine that is missing is no reason yet to refuse it. If
    /// another trainer comes, this node's says what is missing and leaves.
    /// </remarks>
    public static ICollectiveEngine ForTheFirst(string name, DeviceType device, Action<string> note)
    {
        ICollectiveEngine engine = Choose(name, device);
        if (engine.Unavailable is { } why) note($"{why}; until then this node's trainer works alone or not at all");
        return engine;
    }

    /// <summary>Returns the engine of a name.</summary>
    /// <param name="name"><c>auto</c>, <c>gloo</c> or <c>nccl</c>; the same for all trainers of a cluster.</param>
    /// <param name="device">The device on which the trainer computes.</param>
    /// <exception cref="StarlingException">No engine has the name, or it cannot be used on this machine.</exception>
    public static ICollectiveEngine For(string name, DeviceType device)
    {
        ICollectiveEngine engine = Choose(name, device);
        return engine.Unavailable is { } why ? throw new StarlingException(why) : engine;
    }

    private static ICollectiveEngine Choose(string name, DeviceType device) => name switch
    {
        Automatic => device == DeviceType.CUDA && Nccl.Unavailable is null ? Nccl : Gloo,
        "gloo" => Gloo,
        "nccl" => Nccl,
        _ => throw new StarlingException($"no collective engine is called '{name}': use auto, gloo or nccl"),
    };
}
