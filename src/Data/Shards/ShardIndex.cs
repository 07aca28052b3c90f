using System.Globalization;
using System.Security.Cryptography;

namespace Starling.Data.Shards;

/// <summary>
/// The row groups, rows, class names and fingerprint of a list of shards, read from their footers and label columns. A
/// sample's id is its row number over the whole list, so the list's order is part of the data set's identity.
/// </summary>
public sealed class ShardIndex
{
    private const int MaxUnnamedClasses = 1 << 20;

    /// <summary>Files that are opened at a time. On network disks the time goes into waiting for each read.</summary>
    private const int FilesAtOnce = 16;

    private readonly string[] _labelHashes;
    private readonly Action<RowGroupInfo, string>? _check;

    private ShardIndex(IReadOnlyList<ShardFile> shards, RowGroupInfo[] groups, IReadOnlyList<string> classNames)
    {
        Files = [.. shards.Select(shard => shard.Path)];
        FileFingerprints = [.. shards.Select(shard => shard.Fingerprint)];
        RowGroups = groups;
        ClassNames = classNames;
        Fingerprint = Sha256.HexOf("starling data 2\n" + string.Concat(FileFingerprints));
        EarlierFingerprint = HashFooters(shards);
        TotalRows = groups[^1].EndSample;
        _labelHashes = [.. groups.Select(group => shards[group.FileIndex].Groups[group.Index].LabelHash)];
    }

    private ShardIndex(ShardIndex other, Action<RowGroupInfo, string> check)
    {
        (Files, FileFingerprints, RowGroups) = (other.Files, other.FileFingerprints, other.RowGroups);
        (ClassNames, TotalRows, _labelHashes) = (other.ClassNames, other.TotalRows, other._labelHashes);
        (Fingerprint, EarlierFingerprint, _check) = (other.Fingerprint, other.EarlierFingerprint, check);
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
    /// The identity of the data set: lower-case hex SHA-256 over a line with the version of this form and the
    /// <see cref="FileFingerprints"/> as text. Two data sets with the same fingerprint have the same labels, and images
    /// of the same sizes as far as footers tell. The images themselves are too large to be read at the start:
    /// <see cref="CheckedBy"/> is for those. Paths do not count, so that a data set may be moved.
    /// </summary>
    public string Fingerprint { get; }

    /// <summary>
    /// Fingerprints of the files, in order. Each is a hash of the file's length, footer and labels.
    /// </summary>
    public IReadOnlyList<string> FileFingerprints { get; }

    /// <summary>
    /// The fingerprint that version 0.1 gave the same files: a hash of their lengths and footers alone.
    /// </summary>
    public string EarlierFingerprint { get; }

    /// <summary>Opens shards and checks everything that footers and label columns can tell.</summary>
    /// <param name="files">Parquet files; see <see cref="ShardFiles.Expand"/> for folders.</param>
    /// <param name="expectedClasses">
    /// Number of classes; null for as many as the files name, or as the labels need if the files have no names.
    /// </param>
    /// <param name="progress">
    /// Is told how many files have been opened, after each of them and on any thread; null for nobody.
    /// </param>
    /// <param name="cancellation">Stops the work between two files.</param>
    /// <exception cref="StarlingException">
    /// A shard is missing, truncated, or lacks a column; a label is outside the classes; the files' class names differ.
    /// </exception>
    public static async Task<ShardIndex> OpenAsync(IReadOnlyList<string> files, int? expectedClasses = null,
        IProgress<(int Opened, int Files)>? progress = null, CancellationToken cancellation = default)
    {
        if (files.Count == 0) throw new StarlingException("the data configuration lists no shard; name one or more");
        var shards = new ShardFile[files.Count];
        int opened = 0;
        ParallelOptions options = new() { MaxDegreeOfParallelism = FilesAtOnce, CancellationToken = cancellation };
        await Parallel.ForAsync(0, files.Count, options, async (i, _) =>
        {
            shards[i] = await ShardFile.OpenAsync(files[i]);
            progress?.Report((Interlocked.Increment(ref opened), files.Count));
        });
        RowGroupInfo[] groups = NumberRowGroups(shards);
        if (groups.Length == 0) throw new StarlingException($"{files[0]}: the shards hold no rows");
        IReadOnlyList<string> names = NameClasses(shards, expectedClasses);
        foreach (RowGroupInfo group in groups)
        {
            ShardFile.Group summary = shards[group.FileIndex].Groups[group.Index];
            if (summary.MinLabel < 0 || summary.MaxLabel >= names.Count)
                await ShardFile.FindBadLabelAsync(group, names.Count);
        }
        return new ShardIndex(shards, groups, names);
    }

    /// <summary>Opens shards as <see cref="OpenAsync"/> does, and blocks the calling thread meanwhile.</summary>
    public static ShardIndex Open(IReadOnlyList<string> files, int? expectedClasses = null,
        IProgress<(int Opened, int Files)>? progress = null) =>
        Blocking.Run(() => OpenAsync(files, expectedClasses, progress));

    /// <summary>Returns the same index with a check of the images of each row group that is read.</summary>
    /// <param name="check">
    /// Called for each read of a row group before anybody gets the images, on the reading thread, with the SHA-256 of
    /// the row group's images. Throws if it is not the right one.
    /// </param>
    public ShardIndex CheckedBy(Action<RowGroupInfo, string> check) => new(this, check);

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
    /// <exception cref="RowGroupChangedException">
    /// Its labels are not those that it had when the file was opened, or the check refused its images.
    /// </exception>
    /// <exception cref="IOException">The disk cannot be read at the moment.</exception>
    public RowGroupData Load(int rowGroup, Func<string, Stream>? open = null)
    {
        RowGroupInfo info = RowGroups[rowGroup];
        RowGroupData data = RowGroupReader.Load(info, ClassNames.Count, open);
        if (RowGroupHash.OfLabels(data) != _labelHashes[rowGroup])
            throw new RowGroupChangedException(info,
                "has other labels than when this process opened the file: restore the file, then start again");
        _check?.Invoke(info, RowGroupHash.OfImages(data));
        return data;
    }

    private static RowGroupInfo[] NumberRowGroups(ShardFile[] shards)
    {
        List<RowGroupInfo> groups = [];
        long first = 0;
        for (int f = 0; f < shards.Length; f++)
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

    private static IReadOnlyList<string> NameClasses(ShardFile[] shards, int? expected)
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

    private static string HashFooters(IEnumerable<ShardFile> shards)
    {
        using IncrementalHash hash = Sha256.Begin();
        foreach (ShardFile shard in shards) shard.Footer.AppendTo(hash);
        return hash.Hex();
    }
}
