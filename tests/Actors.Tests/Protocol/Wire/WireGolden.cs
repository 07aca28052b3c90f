using System.Text;
using Starling.Actors.Tests.Support;

namespace Starling.Actors.Tests.Protocol.Wire;

/// <summary>
/// wire-golden.txt: messages as they were once written, "manifest hexadecimal" and their contents, a line each,
/// indented. Lines are added, never changed: nodes of an older release may still send them.
/// </summary>
internal sealed class WireGolden
{
    private const string Name = "wire-golden.txt";

    private readonly List<Entry> _entries;

    private WireGolden(List<Entry> entries) => _entries = entries;

    public IReadOnlyList<Entry> Entries => _entries;

    private static string Source =>
        Path.Combine(Repository.Root, "tests", "Actors.Tests", "Protocol", "Wire", Name);

    public static WireGolden Read()
    {
        List<Entry> entries = [];
        List<string> contents = [];
        foreach (string line in File.Exists(Source) ? File.ReadLines(Source) : [])
        {
            if (line.StartsWith("  ", StringComparison.Ordinal))
            {
                contents.Add(line[2..]);
                continue;
            }
            string[] parts = line.Split(' ');
            entries.Add(new Entry(parts[0], Convert.FromHexString(parts[1]), contents = []));
        }
        return new WireGolden(entries);
    }

    public bool Has(Entry entry) =>
        _entries.Exists(e => e.Manifest == entry.Manifest && e.Bytes.AsSpan().SequenceEqual(entry.Bytes));

    /// <summary>Adds what is new, if asked to by the environment.</summary>
    public void Append(IEnumerable<Entry> entries)
    {
        if (Environment.GetEnvironmentVariable("STARLING_UPDATE_GOLDEN") != "1") return;
        StringBuilder text = new();
        foreach (Entry entry in entries.ToArray())
        {
            text.Append(entry.Manifest).Append(' ').Append(Convert.ToHexString(entry.Bytes)).Append('\n');
            foreach (string line in entry.Contents) text.Append("  ").Append(line).Append('\n');
            _entries.Add(entry);
        }
        File.AppendAllText(Source, text.ToString());
    }

    public sealed record Entry(string Manifest, byte[] Bytes, IReadOnlyList<string> Contents);
}
