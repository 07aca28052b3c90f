using Starling.Data;
using Starling.Data.Ordering;
using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.Parameters;

/// <summary>
/// A network's weights: one flat float32 vector, and named views of it that take part in autograd. Gradients, where
/// wanted, accumulate in a second flat vector of the same layout. Belongs to no dispose scope; the owner disposes it.
/// </summary>
public sealed class ParameterStore : IDisposable
{
    private readonly Dictionary<string, Tensor> _views = [];
    private readonly List<Tensor> _gradientViews = [];
    private readonly bool _ownsValues;

    /// <summary>Allocates zeroed weights, and gradients if <paramref name="trainable"/>.</summary>
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
                // Backward adds into an existing gradient in place, which is how it lands in the flat vector.
                Tensor gradient = View(Gradients, parameter.Name).DetachFromDisposeScope();
                view.grad = gradient;
                _gradientViews.Add(gradient);
            }
            _views.Add(parameter.Name, view);
        }
    }

    /// <summary>Names, shapes and places.</summary>
    public ParameterLayout Layout { get; }

    /// <summary>All weights, flat; see <see cref="ParameterLayout"/> for the order.</summary>
    public Tensor Values { get; }

    /// <summary>All gradients, flat; null for a network that is not trained.</summary>
    public Tensor? Gradients { get; }

    /// <summary>Where the weights are.</summary>
    public Device Device => Values.device;

    /// <summary>The named parameter, a leaf of autograd that shares memory with <see cref="Values"/>.</summary>
    public Tensor this[string name] => _views.TryGetValue(name, out Tensor? view)
        ? view
        : throw new ArgumentException($"there is no parameter '{name}'", nameof(name));

    /// <summary>
    /// The part of <paramref name="flat"/> (moments, another network's values…) that belongs to a
    /// parameter, in its shape.
    /// </summary>
    public Tensor View(Tensor flat, string name)
    {
        using var scope = NewDisposeScope(); // also the view in between must not be left to the collector
        ParameterLayout.Slot slot = Layout[name];
        return flat.narrow(0, slot.Offset, slot.Parameter.Count).view(slot.Parameter.Shape).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The same weights, memory shared, with gradients of their own: backward passes on several threads must not add
    /// into one vector. To be disposed before this.
    /// </summary>
    public ParameterStore WithOwnGradients() => new(Layout, Values, trainable: true);

    /// <summary>Sets every gradient to zero.</summary>
    public void ClearGradients()
    {
        using var noGrad = no_grad();
        Gradients?.zero_();
    }

    /// <summary>
    /// Fills one parameter with N(0, <paramref name="deviation"/>²), keyed by the seed and its place.
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
    /// Copies weights from tensors of the same names (any float type), strictly: every parameter present, nothing else.
    /// </summary>
    /// <exception cref="StarlingException">
    /// Names missing, unexpected or of another shape; all of them are listed.
    /// </exception>
    public void Load(IReadOnlyDictionary<string, Tensor> tensors, string source)
    {
        string[] missing = [.. Layout.Parameters.Select(p => p.Name).Where(name => !tensors.ContainsKey(name))];
        string[] unexpected = [.. tensors.Keys.Where(name => !Layout.Contains(name)).Order(StringComparer.Ordinal)];
        string[] misshapen =
        [
            .. Layout.Parameters
                .Where(p => tensors.TryGetValue(p.Name, out Tensor? t) && !t.shape.SequenceEqual(p.Shape))
                .Select(p => $"{p.Name} [{string.Join(", ", tensors[p.Name].shape)}] " +
                    $"instead of [{string.Join(", ", p.Shape)}]"),
        ];
        if (missing.Length + unexpected.Length + misshapen.Length > 0)
            throw new StarlingException($"{source} does not fit the configured network:" +
                List(" missing ", missing) + List(" unexpected ", unexpected) + List(" misshapen ", misshapen));
        using var noGrad = no_grad();
        foreach (ParameterShape parameter in Layout.Parameters)
        {
            using Tensor target = View(Values, parameter.Name);
            target.copy_(tensors[parameter.Name]);
        }
    }

    /// <summary>Copies every weight to managed memory, in state-dictionary order.</summary>
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

    private static string Sizes(IEnumerable<long> shape) => $"[{string.Join(", ", shape)}]";

    private static string List(string what, string[] names) => names.Length == 0
        ? ""
        : $"{what}{names.Length} ({string.Join("; ", names.Take(5))}{(names.Length > 5 ? "; …" : "")})";
}
