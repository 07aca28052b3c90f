using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Starling.Actors.Collectives;

namespace Starling.Actors.Tests.Collectives.Gloo;

/// <summary>Connections that do not come from members: port scans, mistakes, attacks.</summary>
public sealed class GlooStrangerTests : IDisposable
{
    private readonly List<Socket> _strangers = [];

    public void Dispose()
    {
        foreach (Socket socket in _strangers) socket.Dispose();
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("zeros")]
    [InlineData("noise")]
    [InlineData("half a hello")]
    [InlineData("a hello with a guess")]
    [InlineData("farewell")]
    public void Strangers_before_and_among_the_members_keep_no_group_from_forming(string say)
    {
        ICollectiveGroup[] groups = Bind(3);
        // The strangers come first, and there are more of them than a member hears at once.
        for (int i = 0; i < 300; i++) Come(groups, say);
        using CancellationTokenSource formed = new();
        Thread flood = new(() =>
        {
            while (!formed.IsCancellationRequested) Come(groups, say, limit: 2000);
        });
        flood.Start();
        try
        {
            Assert.All(Members.Connect(groups), Assert.Null);
        }
        finally
        {
            formed.Cancel();
            flood.Join();
        }
        Assert.All(Members.Run(groups, group => group.Barrier()), Assert.Null);
        Members.Dispose(groups);
    }

    [Fact]
    public void Nobody_can_come_once_the_group_is_formed()
    {
        ICollectiveGroup[] groups = Bind(2);
        Assert.All(Members.Connect(groups), Assert.Null);
        using Socket late = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        Assert.Equal(SocketError.ConnectionRefused, Assert.Throws<SocketException>(() =>
            late.Connect(IPAddress.Loopback, PortOf(groups[0])!.Value)).SocketErrorCode);
        Members.Dispose(groups);
    }

    [Fact]
    public void A_stranger_in_the_place_of_a_member_costs_the_connect_timeout_and_the_member_is_named()
    {
        ICollectiveGroup[] groups = Bind(2, Members.Options with { ConnectTimeout = TimeSpan.FromSeconds(1) });
        Come(groups, "nothing");
        byte[][] addresses = [.. groups.Select(g => g.EngineAddress)];
        CollectiveException late = Assert.IsType<CollectiveException>(
            Members.Run([groups[0]], group => group.Connect(addresses, Members.Plan))[0]);
        Assert.Equal(CollectiveFault.TimedOut, late.Fault);
        Assert.Contains("rank 1 did not", late.Message, StringComparison.Ordinal);
        Members.Dispose(groups);
    }

    [Fact]
    public void A_program_that_listens_where_a_member_did_is_not_taken_for_it()
    {
        ICollectiveGroup[] groups = Bind(2);
        byte[][] addresses = [.. groups.Select(g => g.EngineAddress)];
        groups[0].Dispose();
        using TcpListener other = new(IPAddress.Loopback, PortOf(addresses[0])!.Value);
        other.Start();
        Thread answering = new(() =>
        {
            using Socket socket = other.AcceptSocket();
            socket.Send(new byte[64]);
            socket.Receive(new byte[1]);
        });
        answering.Start();
        Exception? lost = Members.Run([groups[1]], group => group.Connect(addresses, Members.Plan))[0];
        Assert.Equal(CollectiveFault.PeerLost, Assert.IsType<CollectiveException>(lost).Fault);
        answering.Join();
        Members.Dispose(groups);
    }

    [Fact]
    public void Members_of_groups_of_different_sizes_refuse_each_other()
    {
        ICollectiveGroup two = Bind(2)[0], three = Bind(3)[1];
        CollectiveException refused = Assert.Throws<CollectiveException>(() =>
            two.Connect([two.EngineAddress, three.EngineAddress], Members.Plan));
        Assert.Equal(CollectiveFault.Mismatch, refused.Fault);
        Assert.Contains("rank 1 of 3", refused.Message, StringComparison.Ordinal);
        Members.Dispose([two, three]);
    }

    private static ICollectiveGroup[] Bind(int size, CollectiveOptions? options = null)
    {
        ICollectiveEngine engine = Members.Engine("gloo");
        return [.. Enumerable.Range(0, size)
            .Select(rank => engine.Bind(new GroupMember(1, rank, size), options ?? Members.Options))];
    }

    /// <summary>Comes to each member that listens.</summary>
    private void Come(IEnumerable<ICollectiveGroup> groups, string say, int limit = int.MaxValue)
    {
        foreach (int port in groups.Select(PortOf).OfType<int>())
        {
            if (_strangers.Count >= limit) return;
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            _strangers.Add(socket);
            try
            {
                socket.Connect(IPAddress.Loopback, port);
                if (say == "farewell") socket.Close();
                else if (say != "nothing") socket.Send(Words(say));
            }
            catch (SocketException)
            {
                return; // the members have all that they wait for, or have dropped this one
            }
        }
    }

    private static byte[] Words(string say) => say switch
    {
        "zeros" => new byte[256],
        "noise" => RandomNumberGenerator.GetBytes(256),
        "half a hello" => "STARLHI1"u8.ToArray(),
        _ => [.. "STARLHI1"u8, 2, 0, 0, 0, .. RandomNumberGenerator.GetBytes(32)],
    };

    private static int? PortOf(ICollectiveGroup group) => PortOf(group.EngineAddress);

    /// <summary>The port in an address of rendezvous.h: behind rank, size and address family.</summary>
    private static int? PortOf(byte[] address) =>
        BinaryPrimitives.ReadUInt16BigEndian(address.AsSpan(10)) is > 0 and var port ? port : null;
}
