using Starling.Data.Batches;

namespace Starling.Data.Tests.Batches;

public sealed class BatchOptionsTests
{
    private static readonly BatchOptions Good = new() { ImageSize = 64, GlobalBatch = 64 };

    [Fact]
    public void The_defaults_are_valid() => Good.Validate();

    public static TheoryData<string, BatchOptions> Bad => new()
    {
        { "ImageSize", Good with { ImageSize = 0 } },
        { "Views", Good with { Views = 11 } },
        { "Views", Good with { Views = 0, Augmentation = Augmentation.None } },
        { "Augmentation", Good with { Augmentation = (Augmentation)9 } },
        { "CropRanges", Good with { CropRanges = [] } },
        { "CropRanges", Good with { CropRanges = [1.1, 0.9] } },
        { "CropRanges", Good with { CropRanges = [double.NaN] } },
        { "MinScale", Good with { MinScale = 0 } },
        { "Replicas", Good with { Replicas = 0 } },
        { "GlobalBatch", Good with { GlobalBatch = 12 } },
        { "GlobalBatch", Good with { GlobalBatch = 0 } },
        { "HoldOut", Good with { HoldOut = 1 } },
        { "WindowRowGroups", Good with { WindowRowGroups = 0 } },
        { "CacheBytes", Good with { CacheBytes = 0 } },
        { "MaxBadShare", Good with { MaxBadShare = double.NaN } },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_value_out_of_range_is_named(string name, BatchOptions options)
    {
        StarlingException e = Assert.Throws<StarlingException>(options.Validate);
        Assert.Contains($"{name} is", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_errors_are_named_at_once()
    {
        StarlingException e = Assert.Throws<StarlingException>(
            (Good with { ImageSize = -1, HoldOut = 2, MinScale = 2 }).Validate);
        Assert.All((string[])["ImageSize", "HoldOut", "MinScale"],
            name => Assert.Contains(name, e.Message, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', e.Message);
    }
}
