namespace Starling.Actors.Metrics;

/// <summary>What stopped the steps of a run for a while.</summary>
internal enum RecoveryCause
{
    /// <summary>A trainer was lost, failed or left.</summary>
    TrainerLost,
    /// <summary>A trainer came, and is given replicas.</summary>
    TrainerJoined,
    /// <summary>The supervisor was lost, and another one took over.</summary>
    SupervisorLost,
    /// <summary>All trainers were lost, and the run went on from a checkpoint.</summary>
    AllLost,
}
