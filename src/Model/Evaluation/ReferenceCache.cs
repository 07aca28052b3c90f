// N: images, T: codes, D: features
using System.Globalization;
using System.Security.Cryptography;
using Starling.Data;
using Starling.Model.Files;
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.Evaluation;

/// <summary>
/// Stores reference data in files, one for each key, because computing it takes longer than an evaluation on a large
/// data set. A file that is damaged, of another form or of another key counts as missing.
/// </summary>
/// <param name="folder">The folder of the files; made when it is needed.</param>
public sealed class ReferenceCache(string folder)
{
    /// <summary>
    /// Gives the stored data of a key. If there is none, calls <paramref name="compute"/> and stores its result.
    /// </summary>
    public ReferenceData Get(ReferenceKey key, Func<ReferenceData> compute)
    {
        if (Read(key) is { } stored) return stored;
        ReferenceData data = compute();
        Write(key, data);
        return data;
    }

    /// <summary>Gives the file of a key.</summary>
    public string FileOf(ReferenceKey key) => Path.Combine(folder, $"reference-{key.ShortHash()}.safetensors");

    private ReferenceData? Read(ReferenceKey key)
    {
        string path = FileOf(key);
        if (!File.Exists(path)) return null;
        try
        {
            using var scope = NewDisposeScope();
            IReadOnlyDictionary<string, string> metadata = SafetensorsFile.ReadHeader(path).Metadata;
            Dictionary<string, Tensor> tensors = SafetensorsFile.Read(path);
            HostTensor[] stored = [.. tensors.Select(t => HostTensor.From(t.Key, t.Value))];
            if (metadata["key"] != key.ToJson() || metadata["sha256"] != Hash(stored)) return null;
            FeatureStatistics statistics = FeatureStatistics.Restore(
                long.Parse(metadata["count"], CultureInfo.InvariantCulture), tensors["mean"], tensors["scatter"]);
            return new ReferenceData(statistics, Set("train"), Set("held_out"),
                new DistanceAnchors(Number("noise"), Number("reconstruction")));

            CodedSet Set(string name) => new(tensors[$"{name}.codes"].to(int64).DetachFromDisposeScope(),
                [.. tensors[$"{name}.labels"].data<int>()]);

            double Number(string name) => double.Parse(metadata[name], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is StarlingException or IOException or KeyNotFoundException or FormatException)
        {
            return null;
        }
    }

    private void Write(ReferenceKey key, ReferenceData data)
    {
        using var scope = NewDisposeScope();
        HostTensor[] tensors =
        [
            HostTensor.From("mean", data.Statistics.Mean()), HostTensor.From("scatter", data.Statistics.Scatter()),
            .. Set("train", data.Train), .. Set("held_out", data.HeldOut),
        ];
        Dictionary<string, string> metadata = new()
        {
            ["key"] = key.ToJson(),
            ["sha256"] = Hash(tensors),
            ["count"] = data.Statistics.Count.ToString(CultureInfo.InvariantCulture),
            ["noise"] = data.Anchors.Noise.ToString("R", CultureInfo.InvariantCulture),
            ["reconstruction"] = data.Anchors.Reconstruction.ToString("R", CultureInfo.InvariantCulture),
        };
        try
        {
            Directory.CreateDirectory(folder);
            ReplacedFile.WriteAmongOthers(
                FileOf(key), temporary => SafetensorsFile.Write(temporary, tensors, metadata));
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
            // Evaluation works without the file. It only takes longer the next time.
        }
    }

    private static HostTensor[] Set(string name, CodedSet set) =>
    [
        HostTensor.From($"{name}.codes", set.Codes_NT.to(int32)),
        HostTensor.From($"{name}.labels", tensor(set.Labels.ToArray(), int32)),
    ];

    private static string Hash(IEnumerable<HostTensor> tensors)
    {
        using IncrementalHash hash = Sha256.Begin();
        SafetensorsFile.Write(tensors, null, hash.AppendData);
        return hash.Hex();
    }
}
