namespace Starling.Actors.LocalCluster;

/// <summary>The members' outputs, a file each that every start of the member goes on with. Thread-safe.</summary>
internal sealed class MemberLogs : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, StreamWriter> _files = [];
    private readonly string _folder;

    public MemberLogs(string folder)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
    }

    public void Write(string member, string line)
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

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (StreamWriter file in _files.Values) file.Dispose();
            _files.Clear();
        }
    }
}
