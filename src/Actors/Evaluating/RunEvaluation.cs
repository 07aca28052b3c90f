using Starling.Actors.Configuration;
using Starling.Actors.Runs;
using Starling.Data;
using Starling.Data.Batches;
using Starling.Data.Ordering;
using Starling.Model.Checkpoints;
using Starling.Model.Evaluation;
using Starling.Model.Features;
using Starling.Model.Sampling;
using Starling.Model.Tensors;
using Starling.Model.Tokenizer;

namespace Starling.Actors.Evaluating;

/// <summary>Evaluates the checkpoints of a run. Tokenizer, feature network and encoded data are loaded once.</summary>
public sealed class RunEvaluation : IEvaluation
{
    private readonly VqTokenizer _tokenizer;
    private readonly IFeatureNetwork _network;
    private readonly ReferenceData _data;
    private readonly CheckpointEvaluator _evaluator;
    private readonly int _threads;

    private RunEvaluation(RunContext run, VqTokenizer tokenizer, IFeatureNetwork network, ReferenceData data,
        EvaluationPlan plan, int threads, TimeProvider time)
    {
        _tokenizer = tokenizer;
        _network = network;
        _data = data;
        _threads = threads;
        _evaluator = new CheckpointEvaluator(plan, run.Shape, tokenizer, network, data, run.Index.ClassNames, time);
    }

    /// <summary>Loads networks and data. Called on the thread that will evaluate.</summary>
    public static RunEvaluation Open(RunContext run, TimeProvider time, CancellationToken cancellation)
    {
        EvaluationOptions o = run.Options.Evaluation;
        int threads = o.Threads == 0 ? Environment.ProcessorCount : o.Threads;
        LibTorch.SetThreadsOfThisThread(threads);
        bool bfloat16 = run.Options.Training.Precision == Precision.BFloat16;
        EvaluationPlan plan = new()
        {
            Sampling = new SamplingOptions { Cfg = o.Cfg, TopK = o.TopK, TopP = o.TopP, Temperature = o.Temperature },
            Samples = o.Samples,
            Batch = o.Batch,
            PerClass = o.PerClass,
            Seed = run.Options.Seed,
            ProbeDepth = run.Options.SelfGuided.EffectiveDepth(run.Shape.Layers),
            ProbePositions = o.Probe.Enabled ? o.Probe.Positions : 0,
            ProbeImages = o.Probe.Images,
            Probe = new LinearProbeOptions
            {
                Epochs = o.Probe.Epochs, BatchSize = o.Probe.Batch, WarmupEpochs = Math.Min(10, o.Probe.Epochs / 4),
            },
            BFloat16 = bfloat16,
        };
        VqTokenizer? tokenizer = null;
        IFeatureNetwork? network = null;
        ReferenceData? data = null;
        try
        {
            tokenizer = VqTokenizer.Load(AssetFiles.Tokenizer(run.Options.Tokenizer.Path), bfloat16: bfloat16);
            string networkFile = AssetFiles.FeatureNetwork(o.FeatureNetwork);
            network = FeatureNetworks.Load(networkFile);
            data = Reference(run, tokenizer, network, networkFile, plan, cancellation);
            return new RunEvaluation(run, tokenizer, network, data, plan, threads, time);
        }
        catch
        {
            // The evaluator tries again with the next checkpoint.
            data?.Dispose();
            network?.Dispose();
            tokenizer?.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public EvaluationReport Evaluate(LoadedCheckpoint checkpoint, CancellationToken cancellation)
    {
        LibTorch.SetThreadsOfThisThread(_threads);
        return _evaluator.Evaluate(checkpoint, cancellation);
    }

    /// <summary>Frees the networks and the data.</summary>
    public void Dispose()
    {
        _data.Dispose();
        _network.Dispose();
        _tokenizer.Dispose();
    }

    private static ReferenceData Reference(RunContext run, VqTokenizer tokenizer, IFeatureNetwork network,
        string networkFile, EvaluationPlan plan, CancellationToken cancellation)
    {
        EvaluationOptions o = run.Options.Evaluation;
        // The held-out loss needs these images even if there is no probe.
        SampleSplit? heldOut = run.HeldOutSplit;
        ReferenceKey key = new()
        {
            Data = run.Index.Fingerprint,
            HoldOut = run.Options.Data.HoldOut,
            ImageSize = run.Options.Data.ImageSize,
            Images = o.ReferenceImages,
            HeldOutImages = heldOut is null ? null : o.Probe.Images,
            Network = Sha256.HexOf(File.ReadAllBytes(networkFile)),
            Tokenizer = tokenizer.Fingerprint,
            BFloat16 = plan.BFloat16,
            NoiseSamples = o.Samples,
            Seed = plan.Seed,
        };
        return new ReferenceCache(new EvaluationFiles(run.Folder).Scores).Get(key, () =>
            ReferenceData.Read(new ImageReader(run.TrainSplit, key.ImageSize, most: key.Images),
                heldOut is null ? null : new ImageReader(heldOut, key.ImageSize, most: o.Probe.Images),
                tokenizer, network, key.NoiseSamples, key.Seed, cancellation));
    }
}
