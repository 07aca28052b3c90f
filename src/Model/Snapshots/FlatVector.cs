using Starling.Data;
using Starling.Model.Parameters;
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.Snapshots;

/// <summary>
/// A flat vector of the live training state (weights or moments), with the names that its pieces have in a checkpoint.
/// The trainer owns the vector; this class neither keeps nor frees it.
/// </summary>
/// <param name="Part">The part of the checkpoint that the vector belongs to.</param>
/// <param name="Prefix">Prefix of every parameter's name; empty for weights.</param>
/// <param name="Layout">Where each parameter lies in <paramref name="Values"/>.</param>
/// <param name="Values">float32 [<see cref="ParameterLayout.Count"/>], on any device.</param>
public sealed record FlatVector(CheckpointPart Part, string Prefix, ParameterLayout Layout, Tensor Values)
{
    /// <summary>Describes a network's weights.</summary>
    public static FlatVector Weights(CheckpointPart network, ParameterLayout layout, Tensor values) =>
        new(network, "", layout, values);

    /// <summary>
    /// Describes a network's AdamW moments, named <c>exp_avg.student.NAME</c> and <c>exp_avg_sq.student.NAME</c>:
    /// PyTorch's names of the moments, then the network's.
    /// </summary>
    public static IReadOnlyList<FlatVector> Moments(CheckpointPart network, ParameterLayout layout, Tensor first,
        Tensor second) =>
    [
        new(CheckpointPart.Optimizer, $"exp_avg.{network.Label()}.", layout, first),
        new(CheckpointPart.Optimizer, $"exp_avg_sq.{network.Label()}.", layout, second),
    ];

    /// <summary>
    /// Copies a loaded state into the live vectors. Every tensor of the state must have a place, and every place a
    /// tensor of its shape. If any does not fit, nothing is changed.
    /// </summary>
    /// <exception cref="StarlingException">
    /// A tensor is missing, left over or of another shape. The message names the first few.
    /// </exception>
    public static void Restore(CheckpointSnapshot state, IReadOnlyList<FlatVector> vectors)
    {
        List<string> misfits = [];
        List<(HostTensor Source, FlatVector Vector, string Parameter)> copies = [];
        foreach (CheckpointPart part in CheckpointParts.All)
        {
            Dictionary<string, HostTensor> unplaced = state[part].ToDictionary(t => t.Name);
            foreach (FlatVector vector in vectors.Where(v => v.Part == part))
                foreach (ParameterShape parameter in vector.Layout.Parameters)
                {
                    string name = vector.Prefix + parameter.Name;
                    if (!unplaced.Remove(name, out HostTensor? tensor)) misfits.Add($"{part.Label()} lacks {name}");
                    else if (tensor.Type != ScalarType.Float32 || !tensor.Shape.SequenceEqual(parameter.Shape))
                        misfits.Add($"{part.Label()} has {name} as {tensor.Type} [{string.Join(", ", tensor.Shape)}] " +
                            $"instead of Float32 [{string.Join(", ", parameter.Shape)}]");
                    else copies.Add((tensor, vector, parameter.Name));
                }
            misfits.AddRange(unplaced.Keys.Order(StringComparer.Ordinal)
                .Select(name => $"{part.Label()} also has {name}"));
        }
        if (misfits.Count > 0)
            throw new StarlingException($"the checkpoint of step {state.Step} does not fit the configured networks " +
                $"in {misfits.Count} places: {string.Join("; ", misfits.Take(5))}{(misfits.Count > 5 ? "; …" : "")}",
                scope: FaultScope.Run);
        using var noGrad = no_grad();
        foreach ((HostTensor source, FlatVector vector, string parameter) in copies)
        {
            using Tensor target = vector.View(parameter);
            source.CopyInto(target);
        }
    }

    /// <summary>
    /// Gives the piece of a parameter in the parameter's shape; it shares the memory of <see cref="Values"/>.
    /// </summary>
    internal Tensor View(string parameter)
    {
        using var scope = NewDisposeScope();
        ParameterLayout.Slot slot = Layout[parameter];
        return Values.narrow(0, slot.Offset, slot.Parameter.Count).view(slot.Parameter.Shape).MoveToOuterDisposeScope();
    }
}
