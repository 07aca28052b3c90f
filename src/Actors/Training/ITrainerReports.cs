using Starling.Actors.Protocol;
using Starling.Data.Batches;
using Starling.Model.Snapshots;
using Starling.Model.Training;

namespace Starling.Actors.Training;

/// <summary>
/// Receives the reports of a trainer's loop. All methods are called on the trainer's thread and must return at once.
/// </summary>
public interface ITrainerReports
{
    /// <summary>
    /// Reports that the work for earlier generations has ended, and that other trainers can connect to this one.
    /// </summary>
    /// <param name="generation">The generation to be formed.</param>
    /// <param name="engineAddress">Where the collective engine is reached; empty if there is only one host.</param>
    /// <param name="step">Step of the state in memory; −1 for no state.</param>
    /// <param name="checkpoint">Step of the newest checkpoint known to be good, −1 for none.</param>
    void Bound(long generation, byte[] engineAddress, long step, long checkpoint);

    /// <summary>Reports that a host holds the generation's state, or that a spare is prepared.</summary>
    /// <param name="generation">The generation.</param>
    /// <param name="step">Step of the state; −1 for a spare.</param>
    /// <param name="checkpoint">Step of the newest good checkpoint, −1 for none.</param>
    void Ready(long generation, long step, long checkpoint);

    /// <summary>Reports that a step was applied.</summary>
    void Stepped(long generation, StepResult result, StepTiming timing, IReadOnlyList<BadImage> bad);

    /// <summary>Hands over a copy of the state that is to be written as a checkpoint.</summary>
    /// <param name="snapshot">The copy; its writer disposes of it.</param>
    /// <param name="losses">Loss parts of the step, for the manifest; null if this loop did not make the step.</param>
    /// <param name="blocked">How long the training stood still to copy.</param>
    void Captured(CheckpointSnapshot snapshot, LossParts? losses, TimeSpan blocked);

    /// <summary>
    /// Reports that the exchange with other trainers failed. This trainer did not apply the step at hand. It keeps the
    /// state after its last applied step, unless the copy of a state broke: then it holds no state.
    /// </summary>
    void ExchangeBroke(long generation, string reason);

    /// <summary>Reports the end of the training: all steps are done, or a halt was obeyed.</summary>
    void Ended(long generation, long step);

    /// <summary>Passes on a line for the log and the terminal.</summary>
    void Note(string line);

    /// <summary>Reports that the loop failed and holds no state any more.</summary>
    void Failed(Exception reason);
}
