using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Starling.Actors.Collectives.Gloo;
using Starling.Actors.Tests.Collectives;
using Starling.Model.Replicas;
using static TorchSharp.torch;

namespace Starling.Cluster.Tests.Collectives;

/// <summary>The gloo engine where its members are processes, which can be killed.</summary>
public sealed class GlooProcessTests : IDisposable
{
    /// <summary>Long: nothing here may have to wait for it.</summary>
    private const int OperationTimeout = 300;

    private readonly List<PeerProcess> _started = [];

    public GlooProcessTests() =>
        Assert.SkipWhen(new GlooEngine().Unavailable is not null, new GlooEngine().Unavailable ?? "");

    [Fact]
    public async Task Sums_of_processes_have_the_bits_of_one_process()
    {
        PeerProcess[] peers = Start(3);
        await FormAsync(1, peers);
        await AssertSumAsync(peers, "0,1,2|3,4,5|6,7", length: 10_001, bucket: 1_000);
        await AssertSumAsync(peers, "7,0|2,1,5|6,3,4", length: 1, bucket: 1);
        foreach (PeerProcess peer in peers) Assert.Equal(0, await peer.EndAsync());
    }

    [Fact]
    public async Task Survivors_of_kill_9_in_the_middle_of_exchanges_go_on_in_the_next_generation()
    {
        List<PeerProcess> peers = [.. Start(3)];
        for (int victim = 0, generation = 1; victim < 3; victim++, generation += 2)
        {
            await FormAsync(generation, peers);
            foreach (PeerProcess peer in peers) peer.Tell("repeat 0,1,2|3,4,5|6,7 2000000 250000 1");
            foreach (PeerProcess peer in peers) await peer.AnswerAsync();
            peers[victim].Signal(PeerProcess.Kill);
            peers.RemoveAt(victim);
            foreach (PeerProcess peer in peers)
                Assert.StartsWith("PeerLost:", await peer.AnswerAsync(), StringComparison.Ordinal);

            await FormAsync(generation + 1, peers);
            await AssertSumAsync(peers, "0,1,2,3|4,5,6,7", length: 10_001, bucket: 3_000);
            peers.Insert(victim, Start(1)[0]);
        }
    }

    [Fact]
    public async Task A_stopped_process_is_left_behind_by_abort_and_reaches_nobody_when_it_wakes()
    {
        PeerProcess[] peers = Start(3);
        await FormAsync(1, peers);
        foreach (PeerProcess peer in peers) peer.Tell("repeat 0,1,2|3,4,5|6,7 200000 100000 1");
        foreach (PeerProcess peer in peers) await peer.AnswerAsync();
        peers[2].Signal(PeerProcess.Stop);
        foreach (PeerProcess peer in peers[..2]) peer.Tell("abort");
        // Whoever is told second may lose the first before it hears of it.
        foreach (PeerProcess peer in peers[..2])
            Assert.Matches("^(Aborted|PeerLost):", await peer.AnswerAsync());
        await FormAsync(2, peers[..2]);
        await AssertSumAsync(peers[..2], "0,1,2,3|4,5,6,7", length: 10_001, bucket: 3_000);
        peers[2].Signal(PeerProcess.Continue);
        Assert.StartsWith("PeerLost:", await peers[2].AnswerAsync(), StringComparison.Ordinal);
        await AssertSumAsync(peers[..2], "0,1,2,3|4,5,6,7", length: 10_001, bucket: 3_000);
    }

    [Fact]
    public async Task Strangers_at_the_ports_of_processes_keep_no_group_from_forming()
    {
        PeerProcess[] peers = Start(2);
        List<Socket> strangers = [];
        try
        {
            await FormAsync(1, peers, addresses =>
            {
                // The port in an address of rendezvous.h: behind rank, size and address family. Rank 1 only calls.
                int port = BinaryPrimitives.ReadUInt16BigEndian(Convert.FromBase64String(addresses[0]).AsSpan(10));
                for (int i = 0; i < 150; i++)
                {
                    strangers.Add(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
                    strangers[^1].Connect(IPAddress.Loopback, port);
                }
            });
            await AssertSumAsync(peers, "0,1,2,3|4,5,6,7", length: 10_001, bucket: 3_000);
        }
        finally
        {
            foreach (Socket socket in strangers) socket.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (PeerProcess peer in _started) peer.Dispose();
    }

    private PeerProcess[] Start(int count)
    {
        PeerProcess[] peers = [.. Enumerable.Range(0, count).Select(_ => new PeerProcess())];
        _started.AddRange(peers);
        return peers;
    }

    /// <summary>What the control plane does: binds all, hands all addresses to all, connects all.</summary>
    private static async Task FormAsync(
        int generation, IReadOnlyList<PeerProcess> peers, Action<IReadOnlyList<string>>? bound = null)
    {
        List<string> addresses = [];
        for (int rank = 0; rank < peers.Count; rank++)
            addresses.Add(await peers[rank].AskAsync($"bind {generation} {rank} {peers.Count} {OperationTimeout}"));
        bound?.Invoke(addresses);
        foreach (PeerProcess peer in peers) peer.Tell($"connect {string.Join(',', addresses)}");
        foreach (PeerProcess peer in peers) Assert.Equal("connected", await peer.AnswerAsync());
    }

    private static async Task AssertSumAsync(IReadOnlyList<PeerProcess> peers, string hosting, int length, int bucket)
    {
        foreach (PeerProcess peer in peers) peer.Tell($"sum {hosting} {length} {bucket} 5");
        string expected = Expected(hosting, length);
        foreach (PeerProcess peer in peers) Assert.Equal(expected, await peer.AnswerAsync());
    }

    private static string Expected(string hosting, int length)
    {
        using var scope = NewDisposeScope();
        int replicas = hosting.Count(char.IsDigit);
        (byte[] sum, byte[] keys) = new RandomExchange(
            new ReplicaHosting([Enumerable.Range(0, replicas)]), length, Bucket: length, Seed: 5).InOneProcess();
        return Convert.ToHexStringLower(SHA256.HashData([.. sum, .. keys]));
    }
}
