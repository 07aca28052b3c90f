namespace Starling.Actors.Loading;

/// <summary>
/// A loader's source can make no share any more. The exception restarts the actor, which opens a new source for the
/// next request.
/// </summary>
public sealed class LoaderFailedException(Exception reason) : Exception(reason.Message, reason);
