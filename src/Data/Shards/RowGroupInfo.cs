namespace Starling.Data.Shards;

/// <summary>The place of one Parquet row group, and the samples that it holds.</summary>
/// <param name="Id">Number of the row group in the whole list of shards, from 0.</param>
/// <param name="FileIndex">Number of the file in the list of shards, from 0.</param>
/// <param name="File">Path of the file.</param>
/// <param name="Index">Number of the row group in its file, from 0.</param>
/// <param name="FirstSample">Sample id of the first row: the number of rows before it in the whole list.</param>
/// <param name="Rows">Number of rows in the group.</param>
/// <param name="Bytes">Uncompressed size of the group's image column in bytes.</param>
public sealed record RowGroupInfo(
    int Id, int FileIndex, string File, int Index, long FirstSample, int Rows, long Bytes)
{
    /// <summary>The sample id that follows the last row's.</summary>
    public long EndSample => FirstSample + Rows;

    /// <summary>Names a row for error messages: file, row group, and row inside the group.</summary>
    public string Describe(int row) => $"{File}, row group {Index}, row {row}";
}
