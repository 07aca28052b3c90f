using Starling.Model.Files;

namespace Starling.Model.Tests.Files;

public sealed class LockedFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("starling-locked-");

    private string Place => Path.Combine(_folder.FullName, "lock");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void One_holds_it_alone_or_several_together()
    {
        using (FileStream? alone = LockedFile.TryLock(Place))
        {
            Assert.NotNull(alone);
            Assert.Null(LockedFile.TryLock(Place));
            Assert.Null(LockedFile.TryJoin(Place));
        }
        using FileStream? first = LockedFile.TryJoin(Place), second = LockedFile.TryJoin(Place);
        Assert.NotNull(first);
        Assert.NotNull(second);
        Assert.Null(LockedFile.TryLock(Place));
    }

    [Fact]
    public void What_is_no_lock_of_another_process_is_an_error()
    {
        string path = Path.Combine(_folder.FullName, "no", "lock");
        Assert.Throws<DirectoryNotFoundException>(() => LockedFile.TryLock(path));
    }

    [Fact]
    public async Task It_is_tried_as_often_as_said_and_no_more()
    {
        int tries = 0;
        Assert.Null(await LockedFile.WaitAsync(Try(succeedsAt: 9), 3, TimeSpan.FromMilliseconds(1), TimeProvider.System,
            TestContext.Current.CancellationToken));
        Assert.Equal(4, tries); // the first try, and three more
        using FileStream? file = await LockedFile.WaitAsync(Try(succeedsAt: 6), 3, TimeSpan.FromMilliseconds(1),
            TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.NotNull(file);

        Func<FileStream?> Try(int succeedsAt) => () => ++tries < succeedsAt ? null : LockedFile.TryLock(Place);
    }

    [Fact]
    public async Task A_wait_ends_with_the_lock_or_with_its_time()
    {
        FileStream held = LockedFile.TryLock(Place)!;
        Assert.Null(LockedFile.Wait(Place, TimeSpan.FromMilliseconds(20)));
        Task<FileStream?> waiting = Task.Run(() => LockedFile.Wait(Place, TimeSpan.FromMinutes(1)));
        held.Dispose();
        using FileStream? file = await waiting;
        Assert.NotNull(file);
    }
}
