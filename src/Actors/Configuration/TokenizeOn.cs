namespace Starling.Actors.Configuration;

/// <summary>Who turns images into tokens.</summary>
public enum TokenizeOn
{
    /// <summary>The trainer, on its device. Trainers take batches from their own process only.</summary>
    Trainer,
    /// <summary>The loader, which then serves trainers of any node.</summary>
    Loader,
}
