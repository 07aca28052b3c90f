namespace Starling.Actors.Loading;

/// <summary>
/// A loader's source failed for a reason that may pass, such as an I/O error. The exception restarts the actor.
/// </summary>
public sealed class LoaderFailedException(Exception reason) : Exception(reason.Message, reason);
