using Starling.Data;

namespace Starling.Actors.LocalCluster;

/// <summary>
/// Writes the output of each member to a file of its own. Every start of a member appends to the same file.
/// Thread-safe.
/// </summary>
internal sealed class MemberLogs : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, StreamWriter> _files = [];
    private readonly string _folder;

    /// <summary>Creates the folder of the files.</summary>
    public MemberLogs(string folder)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
    }

    /// <summary>
    /// Appends a line to the file of a member. A line that the disk refuses is lost: a full disk must not end the
    /// cluster.
    /// </summary>
    public void Write(string member, string line) => IgnoringDisk(() => Append(member, line));

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            foreach (StreamWriter file in _files.Values) IgnoringDisk(file.Dispose);
            _files.Clear();
        }
    }

    private static void IgnoringDisk(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
            // The file keeps what it could not write, as far as its buffer goes, and tries it with the next line.
        }
    }

    private void Append(string member, string line)
    {
        lock (_gate)
        {
            if (!_files.TryGetValue(member, out StreamWriter? file))
                _files[member] = file = new StreamWriter(Path.Combine(_folder, member + ".log"), append: true)
                {
                    AutoFlush = true,
                };
            file.WriteLine(line);
        }
    }
}
