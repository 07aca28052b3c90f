namespace Starling.Data.Shards;

/// <summary>
/// A row group does not hold any more what it held before: this file is not the one that the run was begun with. Where
/// nodes have copies of their own, another node's may still be the right one.
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
