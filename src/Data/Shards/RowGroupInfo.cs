namespace Starling.Data.Shards;

/// <summary>Where one Parquet row group lies and which samples it holds.</summary>
/// <param name="Id">Position over the whole shard list, from 0.</param>
/// <param name="FileIndex">Position of the file in the shard list.</param>
/// <param name="File">Path of the file.</param>
/// <param name="Index">Position inside the file.</param>
/// <param name="FirstSample">Sample id of the first row: the number of rows before it in the whole list.</param>
/// <param name="Rows">Rows in the group.</param>
/// <param name="Bytes">Uncompressed bytes of its image column.</param>
public sealed record RowGroupInfo(
    int Id, int FileIndex, string File, int Index, long FirstSample, int Rows, long Bytes)
{
    /// <summary>The id after the last row's.</summary>
    public long EndSample => FirstSample + Rows;

    /// <summary>How errors name a row: file, row group and row inside the group.</summary>
    public string Describe(int row) => $"{File}, row group {Index}, row {row}";
}
