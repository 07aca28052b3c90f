using Akka.Actor;
using Starling.Actors.Protocol;
using Starling.Actors.Protocol.Wire;
using Starling.Actors.Shares;
using Starling.Actors.Tests.Support;
using Starling.Data;
using Starling.Data.Batches;

namespace Starling.Actors.Tests.Shares;

public sealed class TokenPartsTests : ActorTests
{
    [Theory]
    [InlineData(4, 2, 16, 32)]
    [InlineData(1, 1, 1, 65536)]
    [InlineData(3, 2, 256, 65537)] // four bytes a code
    [InlineData(256, 2, 256, 16384)] // ImageNet at 256 pixels, a replica of a batch of 2048: 256 KB of codes
    [InlineData(300, 1, 1024, 1 << 20)]
    [InlineData(0, 2, 16, 32)]
    public void A_share_is_what_it_was_after_the_journey_in_messages_below_256_KB(
        int images, int views, int tokens, int codebook)
    {
        int[] codes = [.. Enumerable.Range(0, images * views * tokens).Select(i => codebook - 1 - (i % codebook))];
        TokenShare share = new(12, 3, views, tokens, codes,
            [.. Enumerable.Range(0, images).Select(i => i % 1000)], []);
        TokenShare back = Travelled(share);
        Assert.Equal(codes, back.Codes.ToArray());
        Assert.Equal(share.Labels, back.Labels);
        Assert.Equal((12, 3, views, tokens), (back.Step, back.Replica, back.Views, back.Tokens));
    }

    [Fact]
    public void However_many_images_were_replaced_each_is_named_and_no_message_grows_over_the_limit()
    {
        BadImage[] bad = [.. Enumerable.Range(0, 1000).Select(i =>
            new BadImage(i, new string('f', 300), 1, 2, new string('r', 5000)))];
        TokenShare back = Travelled(new TokenShare(1, 0, 1, 1024, new int[4 * 1024], [1, 2, 3, 4], bad));
        Assert.Equal(bad.Select(b => b.SampleId), back.Bad.Select(b => b.SampleId));
        Assert.All(back.Bad, b => Assert.EndsWith("…", b.Reason));
        Assert.Equal([1, 2, 3, 4], back.Labels);
    }

    [Fact]
    public void An_image_that_is_larger_than_a_message_is_the_configurations_fault()
    {
        TokenShare share = new(1, 0, 64, 4096, new int[64 * 4096], [1], []);
        Assert.Contains("data.tokenizeOn", Assert.Throws<StarlingException>(() => TokenParts.Split(share)).Message);
    }

    [Fact]
    public void Parts_are_put_together_in_any_order_and_twice()
    {
        TokenShare share = new(1, 0, 1, 30_000, Enumerable.Range(0, 150_000).ToArray(), [1, 2, 3, 4, 5], []);
        IReadOnlyList<LoaderProtocol.LoadedTokens> parts = TokenParts.Split(share);
        Assert.Equal(5, parts.Count);
        IncomingTokenShare partial = new(parts[0]);
        foreach (int part in (int[])[4, 2, 2, 0, 4, 1]) Assert.Null(partial.Add(parts[part]));
        Assert.Null(partial.Add(parts[3] with { Parts = 6 }));
        Assert.Equal(share.Codes.ToArray(), partial.Add(parts[3])!.Codes.ToArray());
    }

    private TokenShare Travelled(TokenShare share)
    {
        StarlingSerializer serializer = new((ExtendedActorSystem)Sys);
        List<LoaderProtocol.LoadedTokens> parts = [];
        foreach (LoaderProtocol.LoadedTokens part in TokenParts.Split(share))
        {
            byte[] bytes = serializer.ToBinary(part);
            Assert.True(bytes.Length < StarlingSerializer.MaxBytes, $"{bytes.Length} bytes");
            parts.Add((LoaderProtocol.LoadedTokens)serializer.FromBinary(bytes, serializer.Manifest(part)));
        }
        Assert.Equal(Enumerable.Range(0, parts.Count), parts.Select(p => p.Part));
        return TokenParts.Join(parts);
    }
}
