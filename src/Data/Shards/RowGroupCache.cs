namespace Starling.Data.Shards;

/// <summary>
/// Keeps the most recently used row groups in memory, up to a number of bytes. Several threads may ask at once: each
/// group is loaded by the first that asks, and the others wait for that load.
/// </summary>
public sealed class RowGroupCache(ShardIndex index, long capacityBytes)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = [];
    private long _bytes, _loads, _hits;

    /// <summary>The shards it reads.</summary>
    public ShardIndex Index => index;

    /// <summary>Bytes held now. Above the capacity only where the group in use alone is larger.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Row groups read from files so far.</summary>
    public long Loads => Interlocked.Read(ref _loads);

    /// <summary>Requests so far that found their group in memory or being loaded.</summary>
    public long Hits => Interlocked.Read(ref _hits);

    /// <summary>The row group, from memory or from its file.</summary>
    /// <param name="rowGroup">A <see cref="RowGroupInfo.Id"/>.</param>
    /// <exception cref="StarlingException">Unreadable or damaged; the next request tries again.</exception>
    public RowGroupData Get(int rowGroup)
    {
        Entry entry = Find(rowGroup);
        try
        {
            // Outside the lock, so that a load holds up only those who want the same group.
            RowGroupData data = entry.Data.Value;
            Count(entry, data.Bytes);
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
                _hits++;
                _byUse.Remove(node);
                _byUse.AddFirst(node);
                return node.Value;
            }
            _loads++;
            Entry entry = new(rowGroup, new Lazy<RowGroupData>(() => index.Load(rowGroup)));
            _entries[rowGroup] = _byUse.AddFirst(entry);
            return entry;
        }
    }

    private void Count(Entry entry, long bytes)
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
                // Zero bytes: still loading, nothing to win by dropping it.
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
