using Starling.Data.Shards;

namespace Starling.Data.Batches;

/// <summary>A sample whose image could not be used.</summary>
/// <param name="SampleId">Row number over the shard list.</param>
/// <param name="File">The shard.</param>
/// <param name="RowGroup">Row group inside the shard.</param>
/// <param name="Row">Row inside the row group.</param>
/// <param name="Reason">Why the image could not be used, in one line.</param>
public sealed record BadImage(long SampleId, string File, int RowGroup, int Row, string Reason)
{
    internal static BadImage At(SampleLocation at, string reason) =>
        new(at.Group.FirstSample + at.Row, at.Group.File, at.Group.Index, at.Row, reason);
}
