namespace Starling.Actors.Loading;

/// <summary>A loader's pipeline failed for a reason that may pass; its actor is restarted.</summary>
public sealed class LoaderFailedException(Exception reason) : Exception(reason.Message, reason);
