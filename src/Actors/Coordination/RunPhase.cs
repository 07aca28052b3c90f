namespace Starling.Actors.Coordination;

// The phases of a run, and the events that lead from one phase to another. Form is no phase: it stands for the decision
// in Formation.Form. The handling method follows each event in brackets.
//
//   start
//     |
//     v
// +-----------+   A    +------+   B    +---------+   C    +------------+   D    +---------+   E    +----------+
// | Gathering |------->| Form |------->| Binding |------->| Connecting |------->| Running |------->| Draining |
// +-----------+        +------+        +---------+        +------------+        +---------+        +----------+
//   ^ ^    |            | | ^ ^             |                    |                   |               |  |   |
//   | |    |       F    | | | |    G        |                    |                   |               |  |   |
//   | +----|------------+ | | +-------------+--------------------+---------+---------+---------------+  |   |
//   |      |              | |                                              | H                          |   |
//   |      |              | |      I      +----------+                     |                            |   |
//   |      |              | +-------------| RollCall |<--------------------+                            |   |
//   |      | J            | K             +----------+                                                  |   |
//   |      |              |                            L                                                |   |
//   +------|--------------|-----------------------------------------------------------------------------+   |
//          v              v                            M                                                    |
//        +------------------+                                                                               |
//        |      Ended       |<------------------------------------------------------------------------------+
//        +------------------+
//                 ^
//                 +---- N: from every phase
//
// A  Trainers are registered, the time to settle is over, and a loader is registered. A requested stop or a leaving
//    trainer needs only a trainer. [Formation.Gather, which runs after every event in this phase: TrainerJoined,
//    LoadersChanged, TimerRang(Settle), StopRequested, TrainerLeaving]
// B  A trainer is there. [Formation.Form]
// C  TrainerBound of the last host. [Formation.OnTrainerBound]
// D  TrainerReady of the last host, and all hosts hold the same step. [Formation.OnTrainerReady]
// E  TrainingEnded of rank 0. [Endings.OnTrainingEnded]
// F  No trainer is left, and no stop was requested. [Formation.Form]
// G  The next generation is formed at once, without a roll call. From Draining this happens only while the last
//    checkpoint is not stored.
//    - TrainerJoined: a host comes back in a newer incarnation. [Membership.OnTrainerJoined]
//    - TrainerJoined: a new trainer can host replicas. Not from Draining, and not from Running while a stop or a
//      leaving trainer is about to end the steps. [Membership.OnTrainerJoined]
//    - TrainerLost, TrainerFailed: the last trainer is gone. [Membership.OnTrainerLost, OnTrainerFailed]
//    - TimerRang(Form), from Binding and Connecting: the late hosts answer pings. [Formation.OnTimerRang]
//    - TrainerLeaving, from Running: some hosts leave, and another host stays. [Membership.ReleaseLeavingIfSafe, which
//      runs after every event in Running]
// H  The trainers are asked who is still there. From Draining this happens only while the last checkpoint is not
//    stored.
//    - TrainerLost, TrainerFailed of a host, and another trainer is left. [Membership.OnTrainerLost, OnTrainerFailed]
//    - ExchangeBroke of a host. [Formation.OnExchangeBroke]
//    - Ticked: a host has not answered pings for too long. [Formation.OnTicked]
//    - TimerRang(Form), from Binding and Connecting: a late host does not answer pings. [Formation.OnTimerRang]
//    - TrainerReady of the last host, from Connecting: the hosts hold different steps. [Formation.OnTrainerReady]
// I  All trainers have answered: TrainerAnswered [Formation.OnTrainerAnswered], TrainerJoined, TrainerLost,
//    TrainerFailed, TrainerUnfit [Membership: On and the event's name]. If earlier generations broke by
//    themselves without a step, and no host was lost, the run waits for the timer all the same.
//    Or TimerRang(RollCall): trainers that have left too many pings unanswered are dropped. If a trainer's node is
//    unreachable, or a trainer has not been silent for long enough, the timer is set again. [Formation.OnTimerRang]
// J  StopRequested, and no trainer is registered. [Endings.OnStopRequested]
// K  Too many generations in a row failed without a step; or a stop was requested, and no trainer is left.
//    [Formation.Form]
// L  The steps ended early because all hosts leave, and their checkpoint is stored or has failed. [Endings.Drain, which
//    runs after every event in Draining: TrainingEnded, CheckpointCommitted, CheckpointFailed]
// M  The last checkpoint of a complete or stopped run has failed; or it is stored, and the evaluations have ended too.
//    A requested stop does not wait for evaluations. [Endings.Drain: TrainingEnded, CheckpointCommitted,
//    CheckpointFailed, EvaluationEnded, EvaluatorLost, StopRequested]
// N  Fatal. [RunMachine.Decide] Or TrainerUnfit of the last trainer, if none that works can come.
//    [Membership.OnTrainerUnfit]

/// <summary>The phase that a run is in.</summary>
public enum RunPhase
{
    /// <summary>The run waits for trainers, or for a loader that feeds them.</summary>
    Gathering,
    /// <summary>Something broke. The supervisor asks the trainers which of them are still there.</summary>
    RollCall,
    /// <summary>
    /// A generation was numbered. Its hosts give up the work of the generation before and bind their endpoints.
    /// </summary>
    Binding,
    /// <summary>The hosts connect. Those that do not hold the state receive it.</summary>
    Connecting,
    /// <summary>The hosts make steps.</summary>
    Running,
    /// <summary>
    /// Rank 0 has made the last step of the generation. The run waits for its checkpoint, then for evaluations.
    /// </summary>
    Draining,
    /// <summary>The run has ended. <see cref="RunResult"/> says how.</summary>
    Ended,
}
