namespace Starling.Actors.Protocol.Wire;

/// <summary>The wire format of the messages to and from the actor of a node.</summary>
internal static class NodeWire
{
    public static IReadOnlyList<WireMessage> Messages { get; } =
    [
        WireMessage.Of("nod.ask1", NodeProtocol.StatusRequest.Instance),
        WireMessage.Of<NodeProtocol.ClusterStatus>("nod.status1",
            (m, to) => to.Text(1, m.Node).Many(2, m.Members, Write).Maybe(3, m.Run, StatusWire.Write),
            from => new(from.Text(1), from.Many(2, Member), from.Maybe(3, StatusWire.Read))),
    ];

    private static void Write(NodeProtocol.MemberStatus member, WireWriter to) => to.Text(1, member.Address)
        .Texts(2, member.Roles).Text(3, member.Status).Flag(4, member.Reachable);

    private static NodeProtocol.MemberStatus Member(WireReader from) =>
        new(from.Text(1), from.Texts(2), from.Text(3), from.Flag(4));
}
