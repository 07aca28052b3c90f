namespace Starling.Actors.Configuration;

/// <summary>What carries gradients between trainers.</summary>
public enum CollectiveEngine
{
    /// <summary>NCCL where the trainers have GPUs, Gloo elsewhere; nothing while there is one trainer.</summary>
    Auto,
    /// <summary>This process's memory: a single trainer.</summary>
    Inproc,
    /// <summary>Gloo over TCP, for CPUs.</summary>
    Gloo,
    /// <summary>NCCL, for GPUs.</summary>
    Nccl,
}
