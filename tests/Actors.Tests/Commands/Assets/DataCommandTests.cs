using Starling.Actors.Protocol;
using Starling.Actors.Tests.Support;
using Starling.Data.Images;
using Starling.Data.Shards;

namespace Starling.Actors.Tests.Commands.Assets;

public sealed class DataCommandTests : IDisposable
{
    private readonly CommandRunner _runner = new();
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_embedded_data_is_described()
    {
        Assert.Equal(ExitCodes.Success, await _runner.RunAsync("data", "inspect", "embedded", "--images", "20"));
        Assert.Contains("total: 3372 rows, 9 classes", _runner.Output);
        Assert.Matches("fingerprint: [0-9a-f]{64}", _runner.Output);
        Assert.Matches("parquet: 3372 rows in 7 row groups, .* of images, fingerprint [0-9a-f]{64}", _runner.Output);
        Assert.Contains("64x64", _runner.Output);
        Assert.Empty(_runner.Error);
    }

    [Fact]
    public async Task The_number_of_images_has_a_former_name()
    {
        Assert.Equal(ExitCodes.Success, await _runner.RunAsync("data", "inspect", "embedded", "--pictures", "20"));
        string former = _runner.Output;
        CommandRunner again = new();
        Assert.Equal(ExitCodes.Success, await again.RunAsync("data", "inspect", "embedded", "--images", "20"));
        Assert.Equal(again.Output, former);
        Assert.Contains("sizes of 21 decoded images", former);
    }

    [Fact]
    public async Task Undecodable_images_and_empty_classes_are_named()
    {
        byte[] good = PngWriter.Encode(RgbImage.Blank(8, 6));
        ShardRow[] rows = [new(good, 0), new([1, 2, 3], 0), new(good, 2)];
        await ShardWriter.WriteAsync(_folder["a.parquet"], rows, ["x", "y", "z"], 2);
        Assert.Equal(ExitCodes.UserError, await _runner.RunAsync("data", "inspect", _folder["*.parquet"]));
        Assert.Contains("3 rows in 2 row groups", _runner.Output);
        Assert.Contains("8x6  2", _runner.Output);
        Assert.Equal(2, _runner.ErrorLines.Length);
        Assert.Contains("row group 0, row 1", _runner.ErrorLines[0]);
        Assert.Contains("class 'y' has no image", _runner.ErrorLines[1]);
    }

    [Theory]
    [InlineData("none.parquet")]
    [InlineData("none-*.parquet")]
    public async Task Missing_shards_are_one_clear_line(string name)
    {
        Assert.Equal(ExitCodes.UserError, await _runner.RunAsync("data", "inspect", _folder[name]));
        Assert.Contains(name, Assert.Single(_runner.ErrorLines));
    }
}
