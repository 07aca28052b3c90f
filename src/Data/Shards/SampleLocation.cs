namespace Starling.Data.Shards;

/// <summary>The place of a sample's row.</summary>
/// <param name="Group">The row group.</param>
/// <param name="Row">Number of the row in the group, from 0.</param>
public readonly record struct SampleLocation(RowGroupInfo Group, int Row);
