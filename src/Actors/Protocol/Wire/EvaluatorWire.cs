namespace Starling.Actors.Protocol.Wire;

/// <summary>The wire format of the messages to evaluators.</summary>
internal static class EvaluatorWire
{
    public static IReadOnlyList<WireMessage> Messages { get; } =
    [
        WireMessage.Of<EvaluatorProtocol.Evaluate>("evl.evaluate1",
            (m, to) => to.Long(1, m.Step),
            from => new(from.Long(1))),
    ];
}
