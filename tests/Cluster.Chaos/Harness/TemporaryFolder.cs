namespace Starling.Cluster.Chaos.Harness;

/// <summary>
/// A folder that is deleted in the end, also when the program is interrupted, unless it is to be kept.
/// </summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly IDisposable _atExit;
    private bool _kept;

    public TemporaryFolder(string prefix)
    {
        _folder = Directory.CreateTempSubdirectory(prefix);
        _atExit = Cleanup.AtExit(Delete);
    }

    public string Path => _folder.FullName;

    /// <summary>Leaves it where it is.</summary>
    public void Keep() => _kept = true;

    public void Dispose()
    {
        _atExit.Dispose();
        Delete();
    }

    private void Delete()
    {
        if (!_kept && Directory.Exists(Path)) _folder.Delete(recursive: true);
    }
}
