namespace Starling.Data.Shards;

/// <summary>
/// A row group does not hold any more what it held before. The data set is not the one that the run was begun with, on
/// whichever node the file is read, so the run cannot go on.
/// </summary>
/// <param name="group">The row group.</param>
/// <param name="change">What has changed since when, and what to do; follows the name of the row group.</param>
public sealed class RowGroupChangedException(RowGroupInfo group, string change)
    : StarlingException($"{group.File}: row group {group.Index} {change}")
{
    /// <summary>Path of the file.</summary>
    public string File => group.File;

    /// <summary>Number of the row group in its file, from 0.</summary>
    public int RowGroup => group.Index;
}
