namespace Starling.Actors.Metrics;

/// <summary>Why a generation was formed.</summary>
internal enum GenerationReason
{
    /// <summary>A trainer came; or it is the run's first generation.</summary>
    Joined,
    /// <summary>A trainer left on request.</summary>
    Left,
    /// <summary>A trainer, or the connection to it, was lost.</summary>
    Lost,
    /// <summary>A trainer failed, and its process goes on.</summary>
    Failed,
}
