using System.Text;

namespace Starling.Cluster.Chaos.Harness;

/// <summary>Reads an event log while it is written.</summary>
/// <param name="path">The file, which may not be there yet.</param>
internal sealed class EventLogReader(string path)
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(10);
    private readonly List<Entry> _entries = [];
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private string _rest = "";
    private long _position;

    /// <summary>All entries so far.</summary>
    public IReadOnlyList<Entry> Read()
    {
        if (!File.Exists(path)) return _entries;
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Seek(_position, SeekOrigin.Begin);
        byte[] bytes = new byte[file.Length - _position];
        _position += file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        char[] characters = new char[_decoder.GetCharCount(bytes, flush: false)];
        _decoder.GetChars(bytes, characters, flush: false);
        string[] lines = (_rest + new string(characters)).Split('\n');
        _rest = lines[^1];
        _entries.AddRange(lines[..^1].Select(Entry.Parse).OfType<Entry>());
        return _entries;
    }

    /// <summary>Hosts of a generation; none if the event log does not name the generation.</summary>
    public IReadOnlyList<string> HostsOf(long generation) =>
        Read().LastOrDefault(e => e.Event == "generation" && e.Generation == generation)?.Hosts ?? [];

    /// <summary>Waits for an entry, among those there are too.</summary>
    /// <param name="wanted">Which one.</param>
    /// <param name="timeout">For so long.</param>
    /// <param name="what">What to say if it does not come.</param>
    /// <param name="from">Entries before this one do not count.</param>
    public async Task<Entry> WaitAsync(Func<Entry, bool> wanted, TimeSpan timeout, string what, int from = 0)
    {
        long began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            IReadOnlyList<Entry> entries = Read();
            for (; from < entries.Count; from++)
                if (wanted(entries[from])) return entries[from];
            if (TimeProvider.System.GetElapsedTime(began) > timeout)
                throw new ChaosException($"{what}: not in {timeout.TotalSeconds:0} s. The event log ends with\n" +
                    string.Join('\n', entries.TakeLast(8).Select(e => e.Fields.GetRawText())));
            await Task.Delay(Moment);
        }
    }

    /// <summary>Waits until a step is committed.</summary>
    public Task<Entry> StepAsync(long step, TimeSpan timeout, int from = 0) =>
        WaitAsync(e => e.Event == "committed" && e.Step >= step, timeout, $"step {step}", from);
}
