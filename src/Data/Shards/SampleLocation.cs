namespace Starling.Data.Shards;

/// <summary>Where a sample's row lies.</summary>
/// <param name="Group">Its row group.</param>
/// <param name="Row">Row inside the group, from 0.</param>
public readonly record struct SampleLocation(RowGroupInfo Group, int Row);
