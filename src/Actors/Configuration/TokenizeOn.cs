namespace Starling.Actors.Configuration;

/// <summary>The role that turns images into tokens.</summary>
public enum TokenizeOn
{
    /// <summary>
    /// The trainer, on its device. Trainers then take their shares from loaders in their own process only.
    /// </summary>
    Trainer,
    /// <summary>The loader, which can then serve trainers of any node.</summary>
    Loader,
}
