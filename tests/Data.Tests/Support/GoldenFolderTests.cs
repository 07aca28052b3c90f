using Starling.Tests;

namespace Starling.Data.Tests.Support;

public sealed class GoldenFolderTests : IDisposable
{
    private readonly TempFolder _chosen = new();

    public void Dispose() => _chosen.Dispose();

    [Fact]
    public void Without_a_choice_both_of_the_tests_own_sets_are_read()
    {
        foreach (string? none in (string?[])[null, ""])
        {
            Assert.Equal(2, GoldenFolder.SetsOf(none).Count);
            Assert.True(File.Exists(GoldenFolder.PathOf(none, "variant/crops.safetensors")));
            Assert.Equal(Path.Combine(GoldenFolder.Own, "photo.png"), GoldenFolder.PathOf(none, "photo.png"));
        }
    }

    [Fact]
    public void A_chosen_folder_is_the_only_one_even_for_files_that_it_lacks()
    {
        Assert.Single(GoldenFolder.SetsOf(_chosen.Path));
        string missing = GoldenFolder.PathOf(_chosen.Path, "crops.safetensors");
        Assert.Equal(Path.Combine(_chosen.Path, "crops.safetensors"), missing);
        Assert.Throws<FileNotFoundException>(() => new SafetensorsBytes(missing));
    }

    [Fact]
    public void Only_the_containers_may_be_left_out_as_a_whole()
    {
        Assert.StartsWith(GoldenFolder.Own, GoldenFolder.PathOf(_chosen.Path, "pt/views.pt"), StringComparison.Ordinal);
        Directory.CreateDirectory(Path.Combine(_chosen.Path, "pt"));
        Assert.StartsWith(_chosen.Path, GoldenFolder.PathOf(_chosen.Path, "pt/views.pt"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_chosen_folder_that_is_not_there_is_named()
    {
        string nowhere = Path.Combine(_chosen.Path, "nowhere");
        Exception e = Assert.Throws<DirectoryNotFoundException>(() => GoldenFolder.PathOf(nowhere, "photo.png"));
        Assert.Contains(nowhere, e.Message, StringComparison.Ordinal);
    }
}
