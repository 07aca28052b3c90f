using Starling.Data;
using Starling.Data.Randomness;
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.Parameters;

/// <summary>
/// The weights of a network: one flat float32 vector, and named views of it that take part in autograd. The gradients
/// of a network that is trained accumulate in a second flat vector of the same layout. Belongs to no dispose scope; the
/// owner disposes it.
/// </summary>
public sealed class ParameterStore : IDisposable
{
    private readonly Dictionary<string, Tensor> _views = [];
    private readonly List<Tensor> _gradientViews = [];
    private readonly bool _ownsValues;

    /// <summary>Allocates weights of 0, and gradients if <paramref name="trainable"/>.</summary>
    public ParameterStore(ParameterLayout layout, Device device, bool trainable)
        : this(layout, zeros(layout.Count, ScalarType.Float32, device).DetachFromDisposeScope(), trainable)
    {
        _ownsValues = true;
    }

    private ParameterStore(ParameterLayout layout, Tensor values, bool trainable)
    {
        Layout = layout;
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Values = values;
        Gradients = trainable ? zeros_like(Values).DetachFromDisposeScope() : null;
        foreach (ParameterShape parameter in layout.Parameters)
        {
            Tensor view = View(Values, parameter.Name).detach().DetachFromDisposeScope();
            if (Gradients is not null)
            {
                view.requires_grad = true;
                // The backward pass adds to an existing gradient in place, so the gradients end up in the flat vector.
                Tensor gradient = View(Gradients, parameter.Name).DetachFromDisposeScope();
                view.grad = gradient;
                _gradientViews.Add(gradient);
            }
            _views.Add(parameter.Name, view);
        }
    }

    /// <summary>Names, shapes and places of the parameters.</summary>
    public ParameterLayout Layout { get; }

    /// <summary>All weights, flat; see <see cref="ParameterLayout"/> for the order.</summary>
    public Tensor Values { get; }

    /// <summary>All gradients, flat; null for a network that is not trained.</summary>
    public Tensor? Gradients { get; }

    /// <summary>The device of the weights.</summary>
    public Device Device => Values.device;

    /// <summary>The named parameter, a leaf of autograd that shares memory with <see cref="Values"/>.</summary>
    public Tensor this[string name] => _views.TryGetValue(name, out Tensor? view)
        ? view
        : throw new ArgumentException($"there is no parameter '{name}'", nameof(name));

    /// <summary>
    /// Gives the piece of a flat vector of this layout (moments, another network's weights) that belongs to a
    /// parameter, in the parameter's shape.
    /// </summary>
    public Tensor View(Tensor flat, string name)
    {
        // also frees the view in between, which would otherwise wait for the garbage collector
        using var scope = NewDisposeScope();
        ParameterLayout.Slot slot = Layout[name];
        return flat.narrow(0, slot.Offset, slot.Parameter.Count).view(slot.Parameter.Shape).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Makes a store that shares these weights and has gradients of its own, because backward passes on several threads
    /// must not add to one vector. It has to be disposed before this store.
    /// </summary>
    public ParameterStore WithOwnGradients() => new(Layout, Values, trainable: true);

    /// <summary>Sets every gradient to zero.</summary>
    public void ClearGradients()
    {
        using var noGrad = no_grad();
        Gradients?.zero_();
    }

    /// <summary>
    /// Fills one parameter with draws from N(0, <paramref name="deviation"/>²), which follow from the seed and the
    /// parameter's place.
    /// </summary>
    public void InitializeNormal(string name, double deviation, ulong seed)
    {
        using var noGrad = no_grad();
        using Tensor target = View(Values, name);
        TensorRandom.Normal_(target, deviation, seed, RandomPurpose.Initialization, Layout[name].Offset);
    }

    /// <summary>Fills one parameter with a constant.</summary>
    public void InitializeConstant(string name, double value)
    {
        using var noGrad = no_grad();
        using var constant = Scalars.Make(value);
        using Tensor target = View(Values, name);
        target.fill_(constant);
    }

    /// <summary>
    /// Makes a store of weights that are not trained, from a file's tensors. The memory is allocated only if the
    /// tensors fit the layout, because a small file can claim a network of any size.
    /// </summary>
    /// <exception cref="StarlingException">As for <see cref="Load"/>.</exception>
    public static ParameterStore Frozen(
        ParameterLayout layout, Device device, IReadOnlyDictionary<string, Tensor> tensors, string source)
    {
        WeightFit.Require(layout, tensors, source);
        ParameterStore store = new(layout, device, trainable: false);
        store.Load(tensors, source);
        return store;
    }

    /// <summary>
    /// Copies weights from tensors of the same names and of any float type. Every parameter must be there, and nothing
    /// else.
    /// </summary>
    /// <exception cref="StarlingException">
    /// Tensors are missing, unexpected, of another shape or of no float type. The message counts them.
    /// </exception>
    public void Load(IReadOnlyDictionary<string, Tensor> tensors, string source)
    {
        WeightFit.Require(Layout, tensors, source);
        using var noGrad = no_grad();
        foreach (ParameterShape parameter in Layout.Parameters)
        {
            using Tensor target = View(Values, parameter.Name);
            target.copy_(tensors[parameter.Name]);
        }
    }

    /// <summary>Copies every parameter to managed memory, in the order of the state dictionary.</summary>
    public IEnumerable<HostTensor> ToHost() => ToHost(Values);

    /// <summary>
    /// Copies a flat vector of this layout (weights, moments) to managed memory, parameter by parameter.
    /// </summary>
    public IEnumerable<HostTensor> ToHost(Tensor flat, string prefix = "")
    {
        foreach (ParameterShape parameter in Layout.Parameters)
        {
            using Tensor view = View(flat, parameter.Name);
            yield return HostTensor.From(prefix + parameter.Name, view);
        }
    }

    /// <summary>Frees weights and gradients.</summary>
    public void Dispose()
    {
        foreach (Tensor view in _views.Values) view.Dispose();
        foreach (Tensor gradient in _gradientViews) gradient.Dispose();
        Gradients?.Dispose();
        if (_ownsValues) Values.Dispose();
    }
}
