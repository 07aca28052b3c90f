using Starling.Actors.Configuration;
using Starling.Actors.Loading;
using Starling.Actors.Runs;
using Starling.Data.Batches;
using Starling.Model.Tensors;
using Starling.Model.Tokenizer;
using TorchSharp;

namespace Starling.Actors.Hosting;

/// <summary>Starts the threads of a loader as the run's configuration says.</summary>
internal static class ShareSources
{
    /// <summary>
    /// Starts the threads that decode, and threads that tokenize if <c>data.tokenizeOn</c> says that loaders tokenize.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="openShard">Opens a shard for reading; null for the file itself. Tests give one that fails.</param>
    public static IShareSource Open(RunContext run, Func<string, Stream>? openShard = null)
    {
        DataOptions data = run.Options.Data;
        BatchFactory factory = new(run.Index, run.Options.ToBatchOptions(), open: openShard);
        ReplicaBatchPipeline pipeline = new(factory, data.Workers, data.Prefetch, data.Prefetch);
        if (data.TokenizeOn == TokenizeOn.Trainer) return new PixelSource(pipeline);
        torch.Device device = new(run.Options.Training.Device);
        bool bfloat16 = run.Options.Training.Precision == Precision.BFloat16;
        // A GPU works on one chunk at a time, so more than one thread would gain nothing.
        return new TokenSource(pipeline,
            () => VqTokenizer.Load(AssetFiles.Tokenizer(run.Options.Tokenizer.Path), device, bfloat16),
            device.type == DeviceType.CUDA ? 1 : data.Workers, data.Prefetch);
    }
}
