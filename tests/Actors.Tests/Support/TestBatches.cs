using Starling.Actors.Configuration;
using Starling.Actors.Runs;
using Starling.Data.Batches;
using Starling.Data.Images;
using Starling.Data.Shards;

namespace Starling.Actors.Tests.Support;

/// <summary>Replica batches for actors: made up, or from the tiny shards.</summary>
internal static class TestBatches
{
    /// <summary>A share without images, for whoever only passes it on.</summary>
    public static ReplicaBatch Empty(long step, int replica) => new()
    {
        Step = step,
        Epoch = 0,
        Replica = replica,
        SampleIds = [],
        Labels = [],
        Pixels = [],
        Views = 2,
        Size = 16,
        Bad = [],
    };

    /// <summary>The real shares of a tiny run.</summary>
    public static BatchFactory Factory(StarlingOptions options, IImageDecoder? decoder = null,
        Func<string, Stream>? open = null) => new(
            ShardIndex.Open(DataFiles.Resolve(options.Data.Files)), options.ToBatchOptions(), decoder, open);
}
