namespace Starling.Actors.Training;

/// <summary>A trainer's loop failed. The exception restarts the trainer's actor.</summary>
public sealed class TrainerFailedException(Exception reason) : Exception(reason.Message, reason);
