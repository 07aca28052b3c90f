namespace Starling.Actors.Tests.Architecture;

/// <summary>Which namespaces use which others.</summary>
internal sealed class NamespaceGraph
{
    private readonly SortedDictionary<string, SortedDictionary<string, string>> _uses = new(StringComparer.Ordinal);

    /// <summary>Notes that a namespace uses another.</summary>
    /// <param name="from">Who uses.</param>
    /// <param name="to">What is used.</param>
    /// <param name="example">A place where this is so, for the message of a test.</param>
    public void Add(string from, string to, string example)
    {
        if (from == to) return;
        if (!_uses.TryGetValue(from, out SortedDictionary<string, string>? used))
            _uses[from] = used = new SortedDictionary<string, string>(StringComparer.Ordinal);
        used.TryAdd(to, example);
    }

    /// <summary>
    /// Describes a way that leads from a namespace back to itself, with an example of each step; null if there is none.
    /// </summary>
    public string? FindCircle()
    {
        HashSet<string> done = [];
        foreach (string start in _uses.Keys)
        {
            List<string> way = [];
            if (Follow(start) is { } circle) return circle;

            string? Follow(string at)
            {
                int before = way.IndexOf(at);
                if (before >= 0) return Describe([.. way[before..], at]);
                if (!done.Add(at) || !_uses.TryGetValue(at, out SortedDictionary<string, string>? next)) return null;
                way.Add(at);
                foreach (string to in next.Keys)
                    if (Follow(to) is { } found) return found;
                way.RemoveAt(way.Count - 1);
                return null;
            }
        }
        return null;
    }

    private string Describe(List<string> circle) => string.Join('\n', circle.Zip(circle.Skip(1), (from, to) =>
        $"{from} uses {to}: {_uses[from][to]}"));
}
