using System.Globalization;
using System.Text.Json;
using Starling.Data;
using Starling.Model.Tensors;

namespace Starling.Model.Tokenizer;

/// <summary>
/// Converts a <see cref="VqShape"/> to and from the metadata of a safetensors file. The keys are LlamaGen's argument
/// names.
/// </summary>
public static class VqMetadata
{
    /// <summary>Returns the metadata entries of a shape.</summary>
    public static Dictionary<string, string> Of(VqShape shape)
    {
        Dictionary<string, string> entries = new()
        {
            ["ch"] = Text(shape.Ch),
            ["ch_mult"] = JsonSerializer.Serialize(shape.ChMult),
            ["num_res_blocks"] = Text(shape.ResBlocks),
            ["z_channels"] = Text(shape.ZChannels),
            ["codebook_size"] = Text(shape.CodebookSize),
            ["codebook_dim"] = Text(shape.CodebookDim),
            ["norm_groups"] = Text(shape.NormGroups),
        };
        if (shape.DecoderChMult is not null) entries["decoder_ch_mult"] = JsonSerializer.Serialize(shape.DecoderChMult);
        return entries;
    }

    /// <summary>Reads a shape from metadata. <c>norm_groups</c> may be missing and is LlamaGen's 32 then.</summary>
    /// <exception cref="StarlingException">
    /// An entry is missing or malformed. The message names the file and the entry.
    /// </exception>
    public static VqShape Read(IReadOnlyDictionary<string, string> metadata, string path)
    {
        VqShape shape = new()
        {
            Ch = Number("ch", 4096),
            ChMult = Numbers("ch_mult"),
            DecoderChMult = metadata.ContainsKey("decoder_ch_mult") ? Numbers("decoder_ch_mult") : null,
            ResBlocks = Number("num_res_blocks", 16),
            ZChannels = Number("z_channels", 4096),
            CodebookSize = Number("codebook_size", 1 << 20),
            CodebookDim = Number("codebook_dim", 4096),
            NormGroups = metadata.ContainsKey("norm_groups") ? Number("norm_groups", 1024) : 32,
        };
        return Validated(shape, path);

        string Entry(string key) => metadata.TryGetValue(key, out string? text)
            ? text
            : throw new StarlingException($"{path} is no tokenizer file: '{key}' is missing in its metadata");

        int Number(string key, int most) =>
            int.TryParse(Entry(key), NumberStyles.None, CultureInfo.InvariantCulture, out int n) && n > 0 && n <= most
                ? n
                : throw Bad(key, $"a number from 1 to {most}");

        int[] Numbers(string key)
        {
            try
            {
                int[]? list = JsonSerializer.Deserialize<int[]>(Entry(key));
                if (list is not null && list.All(n => n is > 0 and <= 4096)) return list;
            }
            catch (JsonException)
            {
                // The exception below reports this, with the file's name.
            }
            throw Bad(key, "a list like [1, 2, 4]");
        }

        StarlingException Bad(string key, string needed) =>
            new($"{path}: '{key}' in its metadata is '{ForeignText.Clean(Entry(key))}', {needed} is needed");
    }

    /// <summary>
    /// Reads the shape of a file from its metadata, or from its tensors if it has no metadata, as a file of LlamaGen.
    /// </summary>
    /// <exception cref="StarlingException">The file is not a VQ model.</exception>
    public static VqShape Read(SafetensorsHeader header, string path) =>
        Read(header.Metadata, header.Entries.ToDictionary(e => e.Name, e => e.Shape), path);

    /// <summary>
    /// Reads the shape of a state dictionary from its metadata, or from its tensors' shapes if it has no metadata.
    /// </summary>
    /// <exception cref="StarlingException">The state dictionary is not a VQ model's.</exception>
    public static VqShape Read(
        IReadOnlyDictionary<string, string> metadata, IReadOnlyDictionary<string, long[]> shapes, string path)
    {
        if (metadata.ContainsKey("ch")) return Read(metadata, path);
        int ch = Size("encoder.conv_in.weight", 0);
        int blocks = Count(i => $"encoder.conv_blocks.0.res.{i}.conv1.weight");
        int levels = Count(i => $"encoder.conv_blocks.{i}.res.0.conv1.weight");
        IEnumerable<int> widths =
            Enumerable.Range(0, levels).Select(i => Size($"encoder.conv_blocks.{i}.res.0.conv1.weight", 0));
        return Validated(new VqShape
        {
            Ch = ch,
            ChMult = [.. widths.Select(width => width / ch)],
            ResBlocks = blocks,
            ZChannels = Size("encoder.conv_out.weight", 0),
            CodebookSize = Size(VqNames.Codebook, 0),
            CodebookDim = Size(VqNames.Codebook, 1),
        }, path);

        int Size(string name, int dimension) => shapes.TryGetValue(name, out long[]? shape) && shape.Length > dimension
            ? (int)Math.Clamp(shape[dimension], 1, 1 << 20)
            : throw new StarlingException($"{path} is no tokenizer file: it has no '{name}'");

        int Count(Func<int, string> name) =>
            Enumerable.Range(0, 16).TakeWhile(i => shapes.ContainsKey(name(i))).Count();
    }

    private static VqShape Validated(VqShape shape, string path)
    {
        if (shape.ChMult.Count is 0 or > 8 || (shape.DecoderChMult ?? shape.ChMult).Count != shape.ChMult.Count)
            throw new StarlingException(
                $"{path} is no tokenizer file: ch_mult and decoder_ch_mult need 1 to 8 entries, both as many");
        return shape.Ch % shape.NormGroups == 0
            ? shape
            : throw new StarlingException($"{path} is no tokenizer file: its {shape.Ch} channels (ch) cannot be " +
                $"normalised in {shape.NormGroups} groups (norm_groups)");
    }

    internal static string Describe(VqShape shape) =>
        string.Join(' ', Of(shape).OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => $"{e.Key}={e.Value}"));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
