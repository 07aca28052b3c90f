using Starling.Model.Evaluation;
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.Tests.Evaluation;

public sealed class ReferenceCacheTests : IDisposable
{
    private static readonly ReferenceKey Key = new()
    {
        Data = "data", HoldOut = 0.1, ImageSize = 8, Images = 4, HeldOutImages = 0, Network = "network",
        Tokenizer = "tokenizer", BFloat16 = false, NoiseSamples = 4, Seed = ulong.MaxValue,
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("starling-references-").FullName;
    private readonly ReferenceCache _cache;
    private int _computed;

    public ReferenceCacheTests() => _cache = new ReferenceCache(Path.Combine(_folder, "evaluations"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_was_computed_once_is_read_bit_for_bit()
    {
        using var scope = NewDisposeScope();
        using ReferenceData first = _cache.Get(Key, Compute), second = _cache.Get(Key, Compute);
        Assert.Equal(1, _computed);
        Assert.Equal(first.Statistics.Count, second.Statistics.Count);
        Assert.True(Same(first.Statistics.Mean(), second.Statistics.Mean()));
        Assert.True(Same(first.Statistics.Covariance(), second.Statistics.Covariance()));
        Assert.True(Same(first.Train.Codes_NT, second.Train.Codes_NT));
        Assert.Equal(first.Train.Labels, second.Train.Labels);
        Assert.Equal((0, 0), (second.HeldOut.Labels.Count, second.HeldOut.Codes_NT.numel()));
        Assert.Equal(first.Anchors, second.Anchors);
        Assert.Single(Directory.GetFiles(_folder, "*", SearchOption.AllDirectories));
    }

    public static TheoryData<ReferenceKey> Others =>
    [
        Key with { Data = "other" }, Key with { HoldOut = 0.2 }, Key with { ImageSize = 16 },
        Key with { Images = 5 }, Key with { HeldOutImages = null }, Key with { Network = "other" },
        Key with { Tokenizer = "other" }, Key with { BFloat16 = true }, Key with { NoiseSamples = 5 },
        Key with { Seed = 1 }, Key with { Form = 0 },
    ];

    [Theory]
    [MemberData(nameof(Others), DisableDiscoveryEnumeration = true)]
    public void Another_key_has_a_file_of_its_own(ReferenceKey other)
    {
        _cache.Get(Key, Compute).Dispose();
        _cache.Get(other, Compute).Dispose();
        Assert.Equal(2, _computed);
        // A file of another key is not read even if it has this key's name.
        File.Copy(_cache.FileOf(Key), _cache.FileOf(other), overwrite: true);
        _cache.Get(other, Compute).Dispose();
        Assert.Equal(3, _computed);
    }

    [Fact]
    public void A_damaged_file_is_computed_again_and_replaced()
    {
        _cache.Get(Key, Compute).Dispose();
        byte[] whole = File.ReadAllBytes(_cache.FileOf(Key));
        byte[] flipped = [.. whole];
        flipped[^5] ^= 1;
        foreach (byte[] damaged in (byte[][])[flipped, whole[..^1], [], [.. whole.Take(40)]])
        {
            File.WriteAllBytes(_cache.FileOf(Key), damaged);
            int before = _computed;
            _cache.Get(Key, Compute).Dispose();
            Assert.Equal(before + 1, _computed);
            Assert.Equal(whole, File.ReadAllBytes(_cache.FileOf(Key)));
        }
    }

    [Fact]
    public void A_folder_that_cannot_be_written_only_costs_time()
    {
        File.WriteAllText(Path.Combine(_folder, "evaluations"), "in the way");
        _cache.Get(Key, Compute).Dispose();
        _cache.Get(Key, Compute).Dispose();
        Assert.Equal(2, _computed);
    }

    [Fact]
    public void A_part_of_a_set_keeps_codes_and_classes_together()
    {
        using var scope = NewDisposeScope();
        using CodedSet set = new(Ops.Range(20).view(10, 2), [.. Enumerable.Range(0, 10)]);
        CodedSet part = set.Evenly(4);
        Assert.Equal(4, part.Labels.Count);
        Assert.Equal(part.Labels.Select(label => 2L * label), part.Codes_NT.select(1, 0).data<long>());
        Assert.Equal(set.Labels, set.Evenly(0).Labels);
    }

    private ReferenceData Compute()
    {
        _computed++;
        using var scope = NewDisposeScope();
        float[] features = [1, 2, 3, -1, 0.5f, 0.1f, 7, 8, 0.3f, 3, 2, 1];
        return new ReferenceData(FeatureStatistics.Of(tensor(features).view(4, 3)),
            new CodedSet(tensor(new long[] { 0, 1, 16383, 3, 4, 5, 6, 7 }).view(4, 2).DetachFromDisposeScope(),
                [2, 0, 1, 2]),
            new CodedSet(zeros(0, 0, ScalarType.Int64).DetachFromDisposeScope(), []),
            new DistanceAnchors(100.1, 1 / 3.0));
    }

    private static bool Same(Tensor a, Tensor b) => a.dtype == b.dtype && a.equal(b).all().item<bool>();
}
