namespace Starling.Actors.Training;

/// <summary>A trainer's loop failed; its actor is restarted.</summary>
public sealed class TrainerFailedException(Exception reason) : Exception(reason.Message, reason);
