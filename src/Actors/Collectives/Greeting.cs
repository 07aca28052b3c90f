using System.Buffers.Binary;
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Actors.Collectives;

/// <summary>
/// The first message between members: it says who the sender is and what it is about to exchange. Later messages hold
/// nothing but values, so a member of another generation or with another plan has to be detected here, before its
/// values are taken for gradients.
/// </summary>
/// <param name="Protocol">Version of the messages between members.</param>
/// <param name="Generation">Generation of the group.</param>
/// <param name="Rank">The sender's rank.</param>
/// <param name="Size">Number of members.</param>
/// <param name="PlanHash">Hash of what is exchanged: <see cref="GroupPlan.Hash"/>.</param>
internal sealed record Greeting(int Protocol, long Generation, int Rank, int Size, string PlanHash)
{
    /// <summary>
    /// Version of the messages. Raise it with any change of what <see cref="ClusterExchange"/> sends.
    /// </summary>
    public const int CurrentProtocol = 1;

    private const int Length = 64, HashLength = 32;

    /// <summary>Exchanges greetings with all members and compares them.</summary>
    /// <exception cref="CollectiveException">
    /// <see cref="CollectiveFault.Mismatch"/> on both sides if two members disagree; or the exchange failed.
    /// </exception>
    public static void Exchange(ICollectiveGroup group, string planHash)
    {
        using var scope = NewDisposeScope();
        GroupMember me = group.Member;
        Greeting mine = new(CurrentProtocol, me.Generation, me.Rank, me.Size, planHash);
        byte[][] all = [.. group.AllGather(tensor(mine.Encode(), device: group.Device)).Select(Bytes)];
        string? difference = Enumerable.Range(0, me.Size)
            .Select(rank => mine.DifferenceTo(Decode(all[rank]), rank))
            .FirstOrDefault(d => d is not null);
        try
        {
            // No member may close its connections before all have read: a reset discards data that is under way.
            group.Barrier();
        }
        catch (CollectiveException) when (difference is not null)
        {
            // The other members found the difference as well, and have left.
        }
        if (difference is not null) throw new CollectiveException(CollectiveFault.Mismatch, $"{me}: {difference}");
    }

    private byte[] Encode()
    {
        byte[] bytes = new byte[Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, Protocol);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), Size);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), Generation);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(16), Rank);
        Convert.FromHexString(PlanHash).CopyTo(bytes.AsSpan(Length - HashLength, HashLength));
        return bytes;
    }

    private static Greeting Decode(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadInt32LittleEndian(bytes),
        BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
        BinaryPrimitives.ReadInt32LittleEndian(bytes[16..]),
        BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]),
        Convert.ToHexStringLower(bytes[(Length - HashLength)..]));

    private string? DifferenceTo(Greeting other, int rank) =>
        Protocol != other.Protocol ? $"protocol {Protocol} here, {other.Protocol} at rank {rank}" :
        Generation != other.Generation ? $"generation {Generation} here, {other.Generation} at rank {rank}" :
        Size != other.Size ? $"{Size} members here, {other.Size} at rank {rank}" :
        rank != other.Rank ? $"rank {rank} calls itself rank {other.Rank}" :
        PlanHash != other.PlanHash ? $"plan {PlanHash} here, {other.PlanHash} at rank {rank}" :
        null;

    private static byte[] Bytes(Tensor greeting) => HostTensor.From("greeting", greeting).Bytes.ToArray();
}
