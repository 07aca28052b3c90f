namespace Starling.Actors.Configuration;

/// <summary>The engine that exchanges gradients between trainers.</summary>
public enum CollectiveEngine
{
    /// <summary>NCCL if the trainers have GPUs, otherwise Gloo; no engine while there is one trainer.</summary>
    Auto,
    /// <summary>The memory of this process, for a single trainer.</summary>
    Inproc,
    /// <summary>Gloo over TCP, for CPUs.</summary>
    Gloo,
    /// <summary>NCCL, for GPUs.</summary>
    Nccl,
}
