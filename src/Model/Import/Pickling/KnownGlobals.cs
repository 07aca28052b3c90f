using Starling.Model.Tensors;
using static TorchSharp.torch;

namespace Starling.Model.Import.Pickling;

/// <summary>
/// The Python callables that have a meaning here. A call of any other becomes a <see cref="PickleObject"/> and does
/// nothing.
/// </summary>
internal static class KnownGlobals
{
    private static readonly Dictionary<string, ScalarType> StorageTypes = new(StringComparer.Ordinal)
    {
        ["DoubleStorage"] = ScalarType.Float64,
        ["FloatStorage"] = ScalarType.Float32,
        ["HalfStorage"] = ScalarType.Float16,
        ["BFloat16Storage"] = ScalarType.BFloat16,
        ["LongStorage"] = ScalarType.Int64,
        ["IntStorage"] = ScalarType.Int32,
        ["ShortStorage"] = ScalarType.Int16,
        ["CharStorage"] = ScalarType.Int8,
        ["ByteStorage"] = ScalarType.Byte,
        ["BoolStorage"] = ScalarType.Bool,
    };

    /// <summary>Gives the value of <paramref name="callable"/> applied to <paramref name="arguments"/>.</summary>
    internal static object Call(object? callable, object? arguments)
    {
        PickleSequence? a = arguments as PickleSequence;
        object? value = callable is not PickleGlobal global || a is null ? null : (global.Module, global.Name) switch
        {
            ("collections", "OrderedDict") when a.Count == 0 => new PickleDictionary(),
            ("torch._utils", "_rebuild_tensor_v2") => Tensor(a),
            ("torch._utils", "_rebuild_parameter" or "_rebuild_parameter_with_state") when a.Count > 0 =>
                a[0] as TensorReference,
            _ => null,
        };
        return value ?? new PickleObject();
    }

    /// <summary>Gives the storage of a persistent id ('storage', type, key, device, elements).</summary>
    internal static object Storage(object? id) =>
        id is PickleSequence { Count: 5 } i && i[0] is "storage" && i[1] is PickleGlobal { Module: "torch" } type &&
        StorageTypes.TryGetValue(type.Name, out ScalarType scalar) && i[2] is string key &&
        i[4] is >= 0L and long elements
            ? new StorageReference(scalar, key, elements)
            : new PickleObject();

    private static TensorReference? Tensor(PickleSequence a)
    {
        if (a.Count < 4 || a[0] is not StorageReference storage || a[1] is not (>= 0L and long offset) ||
            (a[2] as PickleSequence)?.Integers() is not { } shape ||
            (a[3] as PickleSequence)?.Integers() is not { } strides || shape.Length != strides.Length ||
            shape.Length > SafetensorsHeader.MaxDimensions ||
            shape.Any(d => d < 0) || strides.Any(s => s < 0))
            return null;
        return new TensorReference(storage, offset, shape, strides);
    }
}
