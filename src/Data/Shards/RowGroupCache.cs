namespace Starling.Data.Shards;

/// <summary>
/// Keeps the most recently used row groups in memory, up to a number of bytes. Several threads may ask at once. If they
/// ask for the same group, one of them loads it and the others wait.
/// </summary>
/// <param name="index">The shards.</param>
/// <param name="capacityBytes">Most bytes to keep in memory.</param>
/// <param name="open">Opens a shard for reading; null for the file itself.</param>
public sealed class RowGroupCache(ShardIndex index, long capacityBytes, Func<string, Stream>? open = null)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = [];
    private long _bytes, _loads;

    /// <summary>The shards whose row groups the cache holds.</summary>
    public ShardIndex Index => index;

    /// <summary>
    /// Size of the groups in memory, in bytes. It is above the capacity only if the group in use alone is larger.
    /// </summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Number of loads from files so far; tests tell by it whether a group was in memory.</summary>
    internal long Loads => Interlocked.Read(ref _loads);

    /// <summary>Returns a row group, from memory or from its file.</summary>
    /// <param name="rowGroup">A <see cref="RowGroupInfo.Id"/>.</param>
    /// <exception cref="StarlingException">The row group is damaged.</exception>
    /// <exception cref="IOException">The disk cannot be read. The next request will try again.</exception>
    public RowGroupData Get(int rowGroup)
    {
        Entry entry = Find(rowGroup);
        try
        {
            // The load is outside the lock, so that only threads which want the same group wait for it.
            RowGroupData data = entry.Data.Value;
            AddBytes(entry, data.Bytes);
            return data;
        }
        catch
        {
            Forget(entry);
            throw;
        }
    }

    private Entry Find(int rowGroup)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(rowGroup, out LinkedListNode<Entry>? node))
            {
                _byUse.Remove(node);
                _byUse.AddFirst(node);
                return node.Value;
            }
            _loads++;
            Entry entry = new(rowGroup, new Lazy<RowGroupData>(() => index.Load(rowGroup, open)));
            _entries[rowGroup] = _byUse.AddFirst(entry);
            return entry;
        }
    }

    private void AddBytes(Entry entry, long bytes)
    {
        lock (_gate)
        {
            if (entry.Bytes != 0 || !_entries.TryGetValue(entry.RowGroup, out LinkedListNode<Entry>? node)
                || node.Value != entry) return;
            entry.Bytes = bytes;
            _bytes += bytes;
            for (LinkedListNode<Entry>? last = _byUse.Last; _bytes > capacityBytes && last is not null;)
            {
                LinkedListNode<Entry> old = last;
                last = last.Previous;
                // A group of zero bytes is still being loaded; to drop it would free no memory.
                if (old.Value != entry && old.Value.Bytes != 0) Remove(old);
            }
        }
    }

    private void Forget(Entry entry)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(entry.RowGroup, out LinkedListNode<Entry>? node) && node.Value == entry)
                Remove(node);
        }
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        _entries.Remove(node.Value.RowGroup);
        _byUse.Remove(node);
        _bytes -= node.Value.Bytes;
    }

    private sealed class Entry(int rowGroup, Lazy<RowGroupData> data)
    {
        public int RowGroup => rowGroup;

        public Lazy<RowGroupData> Data => data;

        public long Bytes { get; set; }
    }
}
