using Starling.Data;
using Starling.Data.Batches;

namespace Starling.Actors.Protocol.Wire;

/// <summary>The wire format of the messages to and from loaders.</summary>
internal static class LoaderWire
{
    public static IReadOnlyList<WireMessage> Messages { get; } =
    [
        WireMessage.Of<LoaderProtocol.Request>("ldr.request1",
            (m, to) => to.Long(1, m.Step).Long(2, m.Replica),
            from => new(from.Long(1), from.Int(2))),
        WireMessage.Of<LoaderProtocol.Withdraw>("ldr.withdraw1",
            (m, to) => to.Long(1, m.Step).Long(2, m.Replica),
            from => new(from.Long(1), from.Int(2))),
        WireMessage.Of<LoaderProtocol.LoadedTokens>("ldr.tokens1",
            (m, to) => to.Long(1, m.Step).Long(2, m.Replica).Long(3, m.Part).Long(4, m.Parts).Long(5, m.Views)
                .Long(6, m.Tokens).Long(7, m.CodeBytes).Bytes(8, m.Codes).Ints(9, m.Labels).Many(10, m.Bad, Write),
            from => Checked(new(from.Long(1), from.Int(2), from.Int(3), from.Int(4), from.Int(5), from.Int(6),
                from.Int(7), from.Bytes(8), from.Ints(9), from.Many(10, Bad)))),
        WireMessage.Of<LoaderProtocol.Failed>("ldr.failed2",
            (m, to) => to.Long(1, m.Step).Long(2, m.Replica).Text(3, m.Reason).Long(4, (int)m.Scope),
            from => new(from.Long(1), from.Int(2), from.Text(3), from.Choice<FaultScope>(4))),
    ];

    private static LoaderProtocol.LoadedTokens Checked(LoaderProtocol.LoadedTokens part) => part.IsConsistent
        ? part
        : throw new WireRefusedException(
            $"{part.Codes.Length} bytes are not the codes of {part.Labels.Count} images");

    private static void Write(BadImage bad, WireWriter to) => to.Long(1, bad.SampleId).Text(2, bad.File)
        .Long(3, bad.RowGroup).Long(4, bad.Row).Text(5, bad.Reason);

    private static BadImage Bad(WireReader from) =>
        new(from.Long(1), from.Text(2), from.Int(3), from.Int(4), from.Text(5));
}
