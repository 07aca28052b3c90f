using System.Text.Json;
using Starling.Data;
using Starling.Model.Parameters;
using Starling.Model.Tensors;

namespace Starling.Model.Features;

/// <summary>
/// The architecture of a network of convolutions, additions and one global mean, in the order of computation. The
/// metadata of the weight file holds it under <c>arch</c>. It is checked against the file's tensors when it is read, so
/// that running the network cannot fail.
/// </summary>
internal sealed class ConvolutionGraph
{
    /// <summary>The key in the file's metadata. Only files of such networks have it.</summary>
    public const string Key = "arch";

    private const int MostOperations = 4096, MostOfASize = 4096;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
    };

    private readonly Dictionary<string, (long Channels, long Side)> _maps = [];
    private readonly Dictionary<string, long[]> _tensors;
    private readonly List<ParameterShape> _parameters = [];
    private readonly Dictionary<string, GraphOperation> _lastReaders = [];

    private ConvolutionGraph(SafetensorsHeader header, int size)
    {
        _maps.Add(GraphOperation.Images, (3, size));
        _tensors = header.Entries.ToDictionary(e => e.Name, e => e.Shape);
        Operations = JsonSerializer.Deserialize<GraphOperation[]>(header.Metadata[Key], Json) ?? [];
        if (Operations.Count is 0 or > MostOperations) throw new FormatException($"has {Operations.Count} operations");
        foreach (GraphOperation operation in Operations)
        {
            if (operation is null) throw new FormatException("an operation is null");
            if (!_maps.TryAdd(operation.Name, MapOf(operation))) throw Wrong(operation, "the name is used twice");
            foreach (string source in operation.Sources) _lastReaders[source] = operation;
        }
        GraphOperation[] pooled = [.. Operations.Where(o => o.Op == GraphOperation.Pooling)];
        Pooled = pooled is [var only] ? only : throw new FormatException($"has {pooled.Length} global means, not one");
        Dimensions = (int)_maps[Pooled.Name].Channels;
    }

    /// <summary>All operations. Each reads the results of earlier ones only.</summary>
    public IReadOnlyList<GraphOperation> Operations { get; }

    /// <summary>The global mean, whose output is the features.</summary>
    public GraphOperation Pooled { get; }

    /// <summary>Width of the features.</summary>
    public int Dimensions { get; }

    /// <summary>The weights that the operations read.</summary>
    public ParameterLayout Layout => new(_parameters);

    /// <summary>Tells whether no later operation reads this source of an operation.</summary>
    public bool IsLastReader(GraphOperation operation, string source) => _lastReaders[source] == operation;

    /// <summary>Reads the architecture of an opened file.</summary>
    /// <param name="header">The file's header.</param>
    /// <param name="size">Side of the images.</param>
    /// <param name="path">The file, for errors.</param>
    /// <exception cref="StarlingException">
    /// The file has no architecture, or one that does not fit the file's tensors.
    /// </exception>
    public static ConvolutionGraph Read(SafetensorsHeader header, int size, string path)
    {
        try
        {
            return new ConvolutionGraph(header, size);
        }
        catch (Exception e) when (e is JsonException or FormatException or KeyNotFoundException)
        {
            throw new StarlingException($"{path}: '{Key}' in its metadata makes no network: {e.Message}", e);
        }
    }

    /// <summary>Checks an operation and returns the size of its output.</summary>
    private (long Channels, long Side) MapOf(GraphOperation o)
    {
        (long Channels, long Side)[] maps =
        [
            .. o.Sources.Select(s => s is not null && _maps.TryGetValue(s, out (long, long) map)
                ? map
                : throw Wrong(o, $"reads '{s}', which is not computed before it")),
        ];
        return (o.Op, maps) switch
        {
            (GraphOperation.Convolution, [var map]) =>
                (Filters(o, map.Channels), (map.Side + o.Stride - 1) / o.Stride),
            (GraphOperation.Pooling, [var map]) => (map.Channels, 1),
            (GraphOperation.Addition, [var map, _, ..]) when maps.All(m => m == map) => map,
            _ => throw Wrong(o, $"a '{o.Op}' cannot read {string.Join(" and ", maps.Select(m => $"{m.Channels} " +
                $"channels of {m.Side}x{m.Side}"))}"),
        };
    }

    private long Filters(GraphOperation o, long channels)
    {
        if (o.Padding != "SAME" || o.Kernel is < 1 or > MostOfASize || o.Stride is < 1 or > MostOfASize ||
            o.Groups < 1 || channels % o.Groups != 0)
            throw Wrong(o, $"padding {o.Padding}, kernel {o.Kernel}, stride {o.Stride}, groups {o.Groups}");
        long[] weight = Shape($"{o.Name}.weight"), bias = Shape($"{o.Name}.bias");
        if (weight is not [> 0, _, _, _] || weight[0] % o.Groups != 0 || !bias.SequenceEqual([weight[0]]) ||
            !weight.AsSpan(1).SequenceEqual([channels / o.Groups, o.Kernel, o.Kernel]))
            throw Wrong(o, $"weight [{string.Join(", ", weight)}] and bias [{string.Join(", ", bias)}] do not fit it");
        _parameters.Add(new ParameterShape($"{o.Name}.weight", weight));
        _parameters.Add(new ParameterShape($"{o.Name}.bias", bias));
        return weight[0];

        long[] Shape(string name) =>
            _tensors.TryGetValue(name, out long[]? shape) ? shape : throw Wrong(o, $"there is no tensor '{name}'");
    }

    private static FormatException Wrong(GraphOperation operation, string why) => new($"{operation.Name}: {why}");
}
