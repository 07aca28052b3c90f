// Shapes: N images, T positions, P probed positions, D width.
using Starling.Data.Grids;
using Starling.Data.Images;
using Starling.Data.Randomness;
using Starling.Model.Checkpoints;
using Starling.Model.Features;
using Starling.Model.Images;
using Starling.Model.Parameters;
using Starling.Model.Sampling;
using Starling.Model.Snapshots;
using Starling.Model.Tensors;
using Starling.Model.Tokenizer;
using Starling.Model.Transformer;
using static TorchSharp.torch;

namespace Starling.Model.Evaluation;

/// <summary>
/// Measures committed checkpoints, for the student's weights and for the teacher's: draws samples, computes their
/// Frechet distance to the data, and trains a linear probe on frozen features (ST-AR, sections 3.2 and 4.1). To be used
/// on one thread.
/// </summary>
/// <param name="plan">What is measured.</param>
/// <param name="shape">The transformer's shape.</param>
/// <param name="tokenizer">The frozen tokenizer.</param>
/// <param name="network">The feature network.</param>
/// <param name="data">The data's statistics and codes.</param>
/// <param name="classes">Names of the classes.</param>
/// <param name="time">The clock.</param>
public sealed class CheckpointEvaluator(
    EvaluationPlan plan, GptShape shape, VqTokenizer tokenizer, IFeatureNetwork network, ReferenceData data,
    IReadOnlyList<string> classes, TimeProvider time)
{
    private const int GridScale = 1;

    /// <summary>Evaluates one verified checkpoint.</summary>
    public EvaluationReport Evaluate(LoadedCheckpoint checkpoint, CancellationToken cancellation)
    {
        List<EvaluationResult> results = [];
        Dictionary<string, RgbImage> grids = [];
        foreach (CheckpointPart part in (CheckpointPart[])[CheckpointPart.Student, CheckpointPart.Teacher])
        {
            using var scope = NewDisposeScope();
            using var noGrad = no_grad();
            long start = time.GetTimestamp();
            using ParameterStore weights = new(shape.Layout, CPU, trainable: false);
            weights.Load(checkpoint.State[part].ToDictionary(t => t.Name, t => t.ToTensor()), checkpoint.Folder);
            using Gpt gpt = new(shape, weights);
            string name = part.Label();
            string title = $"{name} weights, step {checkpoint.Manifest.Step}, guidance {plan.Sampling.Cfg:0.##}";
            grids[name] = DrawGrid(gpt, title, cancellation);
            double distance = MeasureDistance(gpt, cancellation);
            double? loss = HeldOutLoss.Of(gpt, data.HeldOut, plan.Batch, plan.BFloat16, cancellation);
            (IReadOnlyList<ProbeAccuracy> probe, double chance) = TrainProbe(gpt, cancellation);
            results.Add(new EvaluationResult
            {
                Step = checkpoint.Manifest.Step,
                Weights = name,
                FeatureNetwork = network.Name,
                Samples = plan.Samples,
                ReferenceImages = data.Statistics.Count,
                FrechetDistance = distance,
                HeldOutLoss = loss,
                Probe = probe,
                ChanceLevel = chance,
                Seconds = time.GetElapsedTime(start).TotalSeconds,
            });
        }
        CheckpointManifest manifest = checkpoint.Manifest;
        return new EvaluationReport(manifest.Step, manifest.StateHash, results, data.Anchors, grids);
    }

    private RgbImage DrawGrid(Gpt gpt, string title, CancellationToken cancellation)
    {
        int[] labels = [.. Enumerable.Range(0, shape.Classes).SelectMany(c => Enumerable.Repeat(c, plan.PerClass))];
        List<RgbImage> images = [];
        foreach (int[] batch in labels.Chunk(plan.Batch))
            images.AddRange(DrawImages(gpt, batch, images.Count, cancellation));
        IReadOnlyList<IReadOnlyList<RgbImage>> rows = [.. images.Chunk(plan.PerClass)];
        string[] names = [.. Enumerable.Range(0, shape.Classes).Select(c => classes[c])];
        return SampleGrid.Render(rows, names, plan.PerClass, GridScale, title);
    }

    private IEnumerable<RgbImage> DrawImages(Gpt gpt, int[] labels, int first, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        byte[] pixels = tokenizer.Decode(SampleCodes(gpt, labels, first, cancellation));
        int length = pixels.Length / labels.Length, side = ImageTensors.SideOf(length);
        return [.. pixels.Chunk(length).Select(planes => RgbImage.FromPlanes(planes, side, side))];
    }

    /// <summary>
    /// Computes the Frechet distance between samples and data. The samples' classes are drawn with the frequencies of
    /// the data, so that only the model makes a difference between the two sets.
    /// </summary>
    private double MeasureDistance(Gpt gpt, CancellationToken cancellation)
    {
        using FeatureStatistics statistics = new(network.Dimensions);
        int[] labels = new int[plan.Samples];
        for (int i = 0; i < labels.Length; i++)
        {
            KeyedRandom random = KeyedRandom.For(plan.Seed, RandomPurpose.Sampling, -2, i);
            labels[i] = data.Train.Labels[random.Below(data.Train.Labels.Count)];
        }
        for (int first = 0; first < labels.Length; first += plan.Batch)
        {
            using var scope = NewDisposeScope();
            int[] batch = labels[first..Math.Min(first + plan.Batch, labels.Length)];
            Tensor images = tokenizer.DecodeFloat(SampleCodes(gpt, batch, first, cancellation));
            statistics.Add(network.Features(images.Between(-1, 1)));
        }
        return FrechetDistance.Between(statistics, data.Statistics);
    }

    private Tensor SampleCodes(Gpt gpt, int[] labels, int first, CancellationToken cancellation)
    {
        using Autocast precision = Autocast.BFloat16(CPU, plan.BFloat16);
        return Sampler.Sample(gpt, labels, plan.Sampling, plan.Seed, first, cancellation);
    }

    private (IReadOnlyList<ProbeAccuracy> Accuracies, double Chance) TrainProbe(Gpt gpt, CancellationToken cancellation)
    {
        if (plan.ProbePositions == 0 || data.HeldOut.Labels.Count == 0) return ([], 0);
        using var scope = NewDisposeScope();
        int[] steps = ProbePositions.Uniform(shape.Tokens, Math.Min(plan.ProbePositions, shape.Tokens));
        ProbeSet train = FrozenFeatures(gpt, data.Train.Evenly(plan.ProbeImages), steps, cancellation);
        ProbeSet test = FrozenFeatures(gpt, data.HeldOut, steps, cancellation);
        double[] accuracies = LinearProbe.Accuracies(train, test, shape.Classes, plan.Probe, plan.Seed, cancellation);
        return ([.. steps.Zip(accuracies, (step, accuracy) => new ProbeAccuracy(step, accuracy))], test.ChanceLevel());
    }

    /// <summary>
    /// Computes the frozen features of the probed block. The class given is the null class, because the label itself
    /// would tell the probe the answer.
    /// </summary>
    private ProbeSet FrozenFeatures(Gpt gpt, CodedSet set, int[] steps, CancellationToken cancellation)
    {
        // The hidden state at position t−1 predicts token t.
        Tensor positions_P = tensor(steps.Select(s => s - 1L).ToArray());
        List<Tensor> parts = [];
        for (int first = 0; first < set.Labels.Count; first += plan.Batch)
        {
            using var scope = NewDisposeScope();
            cancellation.ThrowIfCancellationRequested();
            Tensor codes_NT = set.Codes_NT.narrow(0, first, Math.Min(plan.Batch, set.Labels.Count - first));
            Tensor null_N = Ops.Filled([codes_NT.shape[0]], shape.NullClass, ScalarType.Int64);
            using Autocast precision = Autocast.BFloat16(CPU, plan.BFloat16);
            Tensor hidden_NTD = gpt.HiddenAfter(plan.ProbeDepth, codes_NT.narrow(1, 0, shape.Tokens - 1), null_N);
            parts.Add(hidden_NTD.index_select(1, positions_P).to(ScalarType.Float32).MoveToOuterDisposeScope());
        }
        return new ProbeSet(cat([.. parts]), tensor(set.Labels.Select(l => (long)l).ToArray()));
    }
}
