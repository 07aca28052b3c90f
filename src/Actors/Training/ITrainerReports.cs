using Starling.Actors.Protocol;
using Starling.Data.Batches;
using Starling.Model.Snapshots;
using Starling.Model.Training;

namespace Starling.Actors.Training;

/// <summary>
/// What a trainer's loop tells the actors around it. Called on the trainer's thread; must return at once.
/// </summary>
public interface ITrainerReports
{
    /// <summary>Nothing of an earlier generation is being worked on any more, and others can connect.</summary>
    /// <param name="generation">The generation to be formed.</param>
    /// <param name="address">The collective engine's; empty for a host alone.</param>
    /// <param name="step">Steps the state in memory holds; −1 for none.</param>
    /// <param name="checkpoint">Step of the newest checkpoint known to be good, −1 for none.</param>
    void Bound(long generation, byte[] address, long step, long checkpoint);

    /// <summary>The generation's state is there and replicas can be worked on; or a spare is prepared.</summary>
    /// <param name="generation">The generation.</param>
    /// <param name="step">Steps the state holds; −1 for a spare.</param>
    /// <param name="checkpoint">Step of the newest good checkpoint, −1 for none.</param>
    void Ready(long generation, long step, long checkpoint);

    /// <summary>A step was applied.</summary>
    void Stepped(long generation, StepResult result, StepTiming timing, IReadOnlyList<BadImage> bad);

    /// <summary>The state was copied and is to be written.</summary>
    /// <param name="snapshot">The copy; to be disposed by whoever writes it.</param>
    /// <param name="losses">Loss parts of its step, for the manifest; null if another trainer made it.</param>
    /// <param name="blocked">How long the training stood still for it.</param>
    void Captured(CheckpointSnapshot snapshot, LossParts? losses, TimeSpan blocked);

    /// <summary>
    /// The exchange with the others failed. Nothing of the step at hand was applied; the state is as after the last.
    /// </summary>
    void ExchangeBroke(long generation, string reason);

    /// <summary>The last step is made: all of them, or up to a halt.</summary>
    void Ended(long generation, long step);

    /// <summary>A line for people.</summary>
    void Note(string line);

    /// <summary>The loop failed; it holds no state any more.</summary>
    void Failed(Exception reason);
}
