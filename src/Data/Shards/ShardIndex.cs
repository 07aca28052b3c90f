using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace Starling.Data.Shards;

/// <summary>
/// The row groups, rows, class names and fingerprint of a list of shards, read from their footers. A sample's id is its
/// row number over the whole list, so the list's order is part of the data set's identity.
/// </summary>
public sealed class ShardIndex
{
    private const int MaxUnnamedClasses = 1 << 20;

    private ShardIndex(
        IReadOnlyList<string> files, RowGroupInfo[] groups, IReadOnlyList<string> classNames, string fingerprint)
    {
        Files = files;
        RowGroups = groups;
        ClassNames = classNames;
        Fingerprint = fingerprint;
        TotalRows = groups[^1].EndSample;
    }

    /// <summary>The shards, in order.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>
    /// All row groups that have rows, in file order. <see cref="RowGroupInfo.Id"/> is the position in this list.
    /// </summary>
    public IReadOnlyList<RowGroupInfo> RowGroups { get; }

    /// <summary>Number of samples. Their ids are 0..TotalRows-1.</summary>
    public long TotalRows { get; }

    /// <summary>
    /// Class names in label order, or numbers if the files have no names. Every label is below the number of names.
    /// </summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>
    /// The identity of the data set: lower-case hex SHA-256 over each file's length (int64, little endian), its
    /// footer's length (likewise) and its footer's bytes, in list order. Two data sets with the same fingerprint hold
    /// the same rows as far as footers tell, which have sizes, offsets and statistics of every column chunk. Paths do
    /// not count, so that a data set may be moved.
    /// </summary>
    public string Fingerprint { get; }

    /// <summary>Opens shards and checks everything that footers and label columns can tell.</summary>
    /// <param name="files">Parquet files; see <see cref="ShardFiles.Expand"/> for folders.</param>
    /// <param name="expectedClasses">
    /// Number of classes; null for as many as the files name, or as the labels need if the files have no names.
    /// </param>
    /// <param name="cancellation">Stops the work between two files.</param>
    /// <exception cref="StarlingException">
    /// A shard is missing, truncated, or lacks a column; a label is outside the classes; the files' class names differ.
    /// </exception>
    public static async Task<ShardIndex> OpenAsync(
        IReadOnlyList<string> files, int? expectedClasses = null, CancellationToken cancellation = default)
    {
        if (files.Count == 0) throw new StarlingException("the data configuration lists no shard; name one or more");
        using IncrementalHash hash = Sha256.Begin();
        List<ShardFile> shards = [];
        foreach (string file in files)
        {
            cancellation.ThrowIfCancellationRequested();
            Append(hash, ShardFooter.Read(file));
            shards.Add(await ShardFile.OpenAsync(file));
        }
        RowGroupInfo[] groups = NumberRowGroups(shards);
        if (groups.Length == 0) throw new StarlingException($"{files[0]}: the shards hold no rows");
        IReadOnlyList<string> names = NameClasses(shards, expectedClasses);
        foreach (RowGroupInfo group in groups)
        {
            ShardFile.Group summary = shards[group.FileIndex].Groups[group.Index];
            if (summary.MinLabel < 0 || summary.MaxLabel >= names.Count)
                await ShardFile.FindBadLabelAsync(group, names.Count);
        }
        return new ShardIndex([.. files], groups, names, hash.Hex());
    }

    /// <summary>Opens shards as <see cref="OpenAsync"/> does, and blocks the calling thread meanwhile.</summary>
    public static ShardIndex Open(IReadOnlyList<string> files, int? expectedClasses = null) =>
        Blocking.Run(() => OpenAsync(files, expectedClasses));

    /// <summary>Finds the row of a sample.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sample.</exception>
    public SampleLocation Locate(long sample)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sample);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(sample, TotalRows);
        int low = 0, high = RowGroups.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (RowGroups[middle].FirstSample <= sample) low = middle;
            else high = middle - 1;
        }
        return new SampleLocation(RowGroups[low], (int)(sample - RowGroups[low].FirstSample));
    }

    /// <summary>
    /// Reads one row group from its file. The call blocks. Any number of threads may call at the same time.
    /// </summary>
    /// <param name="rowGroup">A <see cref="RowGroupInfo.Id"/>.</param>
    /// <param name="open">Opens a shard for reading; null for the file itself. Tests give one that fails.</param>
    /// <exception cref="StarlingException">The row group is damaged, or has a label outside the classes.</exception>
    /// <exception cref="IOException">The disk cannot be read at the moment.</exception>
    public RowGroupData Load(int rowGroup, Func<string, Stream>? open = null) =>
        RowGroupReader.Load(RowGroups[rowGroup], ClassNames.Count, open);

    private static RowGroupInfo[] NumberRowGroups(List<ShardFile> shards)
    {
        List<RowGroupInfo> groups = [];
        long first = 0;
        for (int f = 0; f < shards.Count; f++)
        {
            for (int g = 0; g < shards[f].Groups.Count; g++)
            {
                ShardFile.Group group = shards[f].Groups[g];
                if (group.Rows == 0) continue;
                groups.Add(new RowGroupInfo(groups.Count, f, shards[f].Path, g, first, group.Rows, group.Bytes));
                first += group.Rows;
            }
        }
        return [.. groups];
    }

    private static IReadOnlyList<string> NameClasses(List<ShardFile> shards, int? expected)
    {
        IReadOnlyList<string>? names = shards[0].ClassNames;
        foreach (ShardFile shard in shards.Where(shard => !(shard.ClassNames ?? []).SequenceEqual(names ?? [])))
            throw new StarlingException($"{shard.Path}: its class names differ from those of {shards[0].Path}; "
                + "shards of different data sets cannot be mixed");
        if (names is null)
        {
            // Without names, the largest label tells the number of classes. It is bounded, because a damaged label
            // could make a billion names.
            long count = expected ?? shards.SelectMany(shard => shard.Groups).Max(group => group.MaxLabel) + 1;
            return [.. Enumerable.Range(0, (int)Math.Clamp(count, 1, MaxUnnamedClasses))
                .Select(label => label.ToString(CultureInfo.InvariantCulture))];
        }
        if (expected < names.Count)
            throw new StarlingException($"{shards[0].Path}: has {names.Count} classes, but the configuration says "
                + $"{expected}; set the number of classes to {names.Count}");
        return names;
    }

    private static void Append(IncrementalHash hash, ShardFooter footer)
    {
        Span<byte> lengths = stackalloc byte[16];
        BinaryPrimitives.WriteInt64LittleEndian(lengths, footer.FileLength);
        BinaryPrimitives.WriteInt64LittleEndian(lengths[8..], footer.Bytes.Length);
        hash.AppendData(lengths);
        hash.AppendData(footer.Bytes);
    }
}
