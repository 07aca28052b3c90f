using Starling.Actors.Checkpointing;
using Starling.Actors.Evaluating;

namespace Starling.Actors.Serialization;

/// <summary>What evaluators are told, and tell.</summary>
internal static class EvaluatorWire
{
    public static IReadOnlyList<WireMessage> Messages { get; } =
    [
        WireMessage.Of<EvaluatorProtocol.Evaluate>("evl.evaluate1",
            (m, to) => to.Long(1, m.Step),
            from => new(from.Long(1))),
        WireMessage.Of<CheckpointerProtocol.Scored>("chk.scored1",
            (m, to) => to.Long(1, m.Step).Double(2, m.FrechetDistance),
            from => new(from.Long(1), from.Double(2))),
    ];
}
