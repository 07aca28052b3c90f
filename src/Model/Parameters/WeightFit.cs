using Starling.Data;
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.Parameters;

/// <summary>Checks that tensors are exactly the weights of a network.</summary>
internal static class WeightFit
{
    /// <summary>
    /// Checks that every parameter is there, in its shape and of a float type, and that there are no other tensors.
    /// </summary>
    /// <param name="layout">The network's parameters.</param>
    /// <param name="tensors">The tensors by name.</param>
    /// <param name="source">Where the tensors come from, for the message.</param>
    /// <exception cref="StarlingException">
    /// The tensors do not fit. The message has one line with the number of problems of each kind and a few names.
    /// </exception>
    internal static void Require(ParameterLayout layout, IReadOnlyDictionary<string, Tensor> tensors, string source)
    {
        ParameterShape[] present = [.. layout.Parameters.Where(p => tensors.ContainsKey(p.Name))];
        string[] missing = [.. layout.Parameters.Select(p => p.Name).Where(name => !tensors.ContainsKey(name))];
        string[] unexpected = [.. tensors.Keys.Where(name => !layout.Contains(name)).Order(StringComparer.Ordinal)];
        string[] misshapen = [.. present.Where(p => !tensors[p.Name].shape.SequenceEqual(p.Shape))
            .Select(p => $"{p.Name} {Sizes(tensors[p.Name].shape)} instead of {Sizes(p.Shape)}")];
        // Copying would convert integers to floats without a warning.
        string[] mistyped = [.. present.Where(p => !tensors[p.Name].is_floating_point())
            .Select(p => $"{p.Name} is {tensors[p.Name].dtype}")];
        string problems = string.Concat(Group(" missing", missing), Group(" unexpected", unexpected),
            Group(" misshapen", misshapen), Group(" not of a float type", mistyped));
        if (problems.Length > 0) throw new StarlingException($"{source} does not fit the network:{problems}");
    }

    private static string Sizes(IEnumerable<long> shape) => $"[{string.Join(", ", shape)}]";

    private static string Group(string what, string[] names) =>
        names.Length == 0 ? "" : $"{what} {names.Length} ({ForeignText.List(names, "; ")})";
}
