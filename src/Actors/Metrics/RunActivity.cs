namespace Starling.Actors.Metrics;

/// <summary>
/// What the time of a run is spent on. Each moment since the run's first start belongs to one of these.
/// </summary>
internal enum RunActivity
{
    /// <summary>Trainers compute steps that the run has not made before.</summary>
    Productive,
    /// <summary>The same steps are made again, because the states in all memories were lost.</summary>
    Redo,
    /// <summary>Trainers exchange keys and gradients, wait for each other, or wait to be permitted a step.</summary>
    Exchange,
    /// <summary>Trainers wait for batches.</summary>
    DataWait,
    /// <summary>Trainers stand still while a checkpoint is copied; or the run waits for its last checkpoint.</summary>
    CheckpointBlock,
    /// <summary>Something broke or somebody came, and the next generation is formed.</summary>
    Recovery,
    /// <summary>Something is missing that makes steps: a trainer, a loader, data, or an answer.</summary>
    Waiting,
    /// <summary>All steps are made, and the last evaluations are waited for.</summary>
    Evaluation,
    /// <summary>The run's processes start, or start again after an end.</summary>
    Startup,
    /// <summary>No supervisor ran.</summary>
    Down,
}
