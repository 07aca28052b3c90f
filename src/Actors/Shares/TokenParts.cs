using System.Buffers.Binary;
using Starling.Actors.Protocol;
using Starling.Data;
using Starling.Data.Batches;

namespace Starling.Actors.Shares;

/// <summary>
/// Cuts a share of tokens into messages and joins them again. No image is divided between two messages. Messages are
/// kept small, because a large one delays the heartbeats that wait behind it on the same connection.
/// </summary>
internal static class TokenParts
{
    /// <summary>
    /// Most bytes of codes in a message. A message may have 256 KB; labels and bad images need the rest.
    /// </summary>
    public const int MostCodeBytes = 128 << 10;

    private const int MostBad = 64, MostText = 400;

    /// <summary>Cuts a share into messages, at least one.</summary>
    /// <exception cref="StarlingException">A single image is too large for a message.</exception>
    public static IReadOnlyList<LoaderProtocol.LoadedTokens> Split(TokenShare share)
    {
        int width = share.Codes.Span.ContainsAnyExceptInRange(0, ushort.MaxValue) ? sizeof(int) : sizeof(ushort);
        int perImage = share.Views * share.Tokens, room = MostCodeBytes / (perImage * width);
        if (room == 0)
            throw new StarlingException($"the {share.Views} views of an image are {perImage * width} bytes of " +
                $"tokens, more than the {MostCodeBytes} that travel in a message: set data.tokenizeOn=trainer and " +
                "give the trainers' nodes the loader role", scope: FaultScope.Run);
        int images = share.Labels.Count;
        int parts = Math.Max(1, Math.Max(DivideUp(images, room), DivideUp(share.Bad.Count, MostBad)));
        return [.. Enumerable.Range(0, parts).Select(part =>
        {
            int from = Math.Min(images, part * room), count = Math.Min(room, images - from);
            return new LoaderProtocol.LoadedTokens(share.Step, share.Replica, part, parts, share.Views, share.Tokens,
                width, Packed(share.Codes.Span.Slice(from * perImage, count * perImage), width),
                [.. share.Labels.Skip(from).Take(count)],
                [.. share.Bad.Skip(part * MostBad).Take(MostBad).Select(Short)]);
        })];
    }

    /// <summary>Joins all parts of a share, given in order.</summary>
    public static TokenShare Join(IReadOnlyList<LoaderProtocol.LoadedTokens> parts)
    {
        LoaderProtocol.LoadedTokens first = parts[0];
        int[] codes = new int[parts.Sum(part => part.Codes.Length / part.CodeBytes)];
        int at = 0;
        foreach (LoaderProtocol.LoadedTokens part in parts)
            for (int i = 0; i < part.Codes.Length; i += part.CodeBytes)
                codes[at++] = Code(part.Codes.Span[i..], part.CodeBytes);
        return new TokenShare(first.Step, first.Replica, first.Views, first.Tokens, codes,
            [.. parts.SelectMany(part => part.Labels)], [.. parts.SelectMany(part => part.Bad)]);
    }

    private static byte[] Packed(ReadOnlySpan<int> codes, int width)
    {
        byte[] bytes = new byte[codes.Length * width];
        for (int i = 0; i < codes.Length; i++)
        {
            Span<byte> place = bytes.AsSpan(i * width);
            if (width == sizeof(int)) BinaryPrimitives.WriteInt32LittleEndian(place, codes[i]);
            else BinaryPrimitives.WriteUInt16LittleEndian(place, (ushort)codes[i]);
        }
        return bytes;
    }

    private static int Code(ReadOnlySpan<byte> bytes, int width) => width == sizeof(int)
        ? BinaryPrimitives.ReadInt32LittleEndian(bytes)
        : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private static BadImage Short(BadImage bad) => bad with { File = Short(bad.File), Reason = Short(bad.Reason) };

    private static string Short(string text) => text.Length <= MostText ? text : text[..MostText] + "…";

    private static int DivideUp(int count, int size) => (count + size - 1) / size;
}
