using System.Globalization;
using Starling.Actors.Reporting;
using Starling.Data.Images;
using Starling.Data.Shards;

namespace Starling.Actors.Commands.Assets;

/// <summary>The report of <c>data inspect</c> about shards.</summary>
internal sealed class DataReport
{
    private readonly ShardIndex _index;
    private readonly long[] _perClass;
    private readonly Dictionary<(int Width, int Height), int> _sizes = [];
    private readonly List<string> _problems = [];
    private int _decoded;

    private DataReport(ShardIndex index)
    {
        _index = index;
        _perClass = new long[index.ClassNames.Count];
    }

    /// <summary>A line for each image that cannot be decoded, and for each class without images.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>
    /// Reads every row and decodes about <paramref name="images"/> of them, evenly spread; 0 for all.
    /// </summary>
    public static DataReport Of(ShardIndex index, int images, CancellationToken cancellationToken)
    {
        var report = new DataReport(index);
        long stride = images <= 0 ? 1 : Math.Max(1, index.TotalRows / images);
        foreach (RowGroupInfo info in index.RowGroups)
        {
            cancellationToken.ThrowIfCancellationRequested();
            RowGroupData group = index.Load(info.Id);
            for (int row = 0; row < info.Rows; row++)
            {
                report._perClass[group.Label(row)]++;
                if ((info.FirstSample + row) % stride == 0) report.Decode(group, row);
            }
        }
        report._problems.AddRange(index.ClassNames
            .Where((_, label) => report._perClass[label] == 0)
            .Select(name => $"class '{name}' has no image"));
        return report;
    }

    /// <summary>Prints the report.</summary>
    public void Write(TextWriter output)
    {
        foreach (var file in _index.RowGroups.GroupBy(g => g.FileIndex))
            output.WriteLine($"{_index.Files[file.Key]}: " +
                Invariant($"{file.Sum(g => (long)g.Rows)} rows in {file.Count()} row groups, ") +
                $"{Display.Bytes(file.Sum(g => g.Bytes))} of images, fingerprint {_index.FileFingerprints[file.Key]}");
        output.WriteLine(Invariant($"total: {_index.TotalRows} rows, {_index.ClassNames.Count} classes"));
        output.WriteLine($"fingerprint: {_index.Fingerprint}");
        int width = _index.ClassNames.Max(n => n.Length);
        for (int label = 0; label < _perClass.Length; label++)
            output.WriteLine(Invariant($"  {label,5}  ") + _index.ClassNames[label].PadRight(width) +
                Invariant($"  {_perClass[label],9}"));
        output.WriteLine(Invariant($"sizes of {_decoded} decoded images:"));
        foreach (((int w, int h), int count) in _sizes.OrderByDescending(s => s.Value).Take(10))
            output.WriteLine(Invariant($"  {w}x{h}  {count}"));
        if (_sizes.Count > 10) output.WriteLine(Invariant($"  and {_sizes.Count - 10} other sizes"));
    }

    private void Decode(RowGroupData group, int row)
    {
        try
        {
            RgbImage image = ImageDecoder.Default.Decode(group.Image(row).Span);
            _decoded++;
            _sizes[(image.Width, image.Height)] = _sizes.GetValueOrDefault((image.Width, image.Height)) + 1;
        }
        catch (ImageDecodeException e)
        {
            _problems.Add($"{group.Info.Describe(row)}: {e.Message}");
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
