using System.Runtime.InteropServices;
using Starling.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Starling.Model.Tensors;

/// <summary>
/// Operations that TorchSharp lacks, called in libtorch itself: operators of the dispatcher through libtorch's stable C
/// ABI, and a few C++ functions by their mangled names, which take only integers. The mangled names belong to one
/// version of libtorch, so <see cref="SelfTest"/> looks all of them up at start.
/// </summary>
public static unsafe partial class Aten
{
    internal const string Library = "torch_cpu";

    /// <summary>Version of the C ABI that the argument layouts here follow: 2.10.</summary>
    private const ulong AbiVersion = (2UL << 56) | (10UL << 48);

    private const string SetEnabled = "_ZN2at8autocast20set_autocast_enabledEN3c1010DeviceTypeEb";
    private const string GetEnabled = "_ZN2at8autocast19is_autocast_enabledEN3c1010DeviceTypeE";
    private const string SetType = "_ZN2at8autocast18set_autocast_dtypeEN3c1010DeviceTypeENS1_10ScalarTypeE";
    private const string GetType_ = "_ZN2at8autocast18get_autocast_dtypeEN3c1010DeviceTypeE";
    private const string SetCache = "_ZN2at8autocast26set_autocast_cache_enabledEb";
    private const string Context = "_ZN2at13globalContextEv";
    private const string SetDeterministic = "_ZN2at7Context26setDeterministicAlgorithmsEbb";

    /// <summary>Checks that this libtorch has every function that is called here.</summary>
    internal static void SelfTest()
    {
        nint library = NativeLibrary.Load(Library, typeof(Aten).Assembly, null);
        string[] names =
        [
            SetEnabled, GetEnabled, SetType, GetType_, SetCache, Context, SetDeterministic,
            "torch_call_dispatcher", "aoti_torch_new_tensor_handle", "aoti_torch_get_data_ptr",
            "torch_new_list_reserve_size", "torch_list_push_back",
        ];
        foreach (string name in names)
            if (!NativeLibrary.TryGetExport(library, name, out _))
                throw new StarlingException($"this libtorch has no '{name}': Starling is built for libtorch 2.10");
    }

    /// <summary>
    /// Makes libtorch use deterministic CUDA kernels. An operator that has none then throws when it is called. CPU
    /// kernels are deterministic anyway.
    /// </summary>
    public static void UseDeterministicAlgorithms() => set_deterministic(global_context(), 1, 0);

    /// <summary>
    /// Makes one AdamW update of several tensors, in place (aten::_fused_adamw_, with decoupled weight decay).
    /// </summary>
    /// <param name="parameters">Weights.</param>
    /// <param name="gradients">Gradients of the same shapes.</param>
    /// <param name="means">First moments (exp_avg).</param>
    /// <param name="squares">Second moments (exp_avg_sq).</param>
    /// <param name="steps">
    /// For each tensor a float32 scalar, the number of updates so far. The call adds 1 to it.
    /// </param>
    /// <param name="o">Learning rate, betas, weight decay and epsilon.</param>
    public static void FusedAdamW(Tensor[] parameters, Tensor[] gradients, Tensor[] means, Tensor[] squares,
        Tensor[] steps, AdamWArguments o)
    {
        foreach (Tensor step in steps) step.add_(Scalars.One, Scalars.One);
        ulong* s = stackalloc ulong[15];
        s[0] = List(parameters);
        s[1] = List(gradients);
        s[2] = List(means);
        s[3] = List(squares);
        s[4] = List([]);
        s[5] = List(steps);
        s[6] = Bits(o.LearningRate);
        s[7] = Bits(o.Beta1);
        s[8] = Bits(o.Beta2);
        s[9] = Bits(o.WeightDecay);
        s[10] = Bits(o.Epsilon);
        s[11] = s[12] = 0; // amsgrad, maximize
        s[13] = s[14] = 0; // grad_scale, found_inf: none
        Check(torch_call_dispatcher("aten::_fused_adamw_", "", s, AbiVersion), "_fused_adamw_");
        GC.KeepAlive((parameters, gradients, means, squares, steps));
    }

    /// <summary>
    /// Address of a tensor's first element, on its device. Valid while the tensor is kept alive.
    /// </summary>
    public static nint DataPointer(Tensor tensor)
    {
        nint pointer;
        Check(aoti_torch_get_data_ptr(tensor.Handle, &pointer), "get_data_ptr");
        GC.KeepAlive(tensor);
        return pointer;
    }

    /// <summary>
    /// Looks up rows of a table [V, D] at int64 indices of any shape: [.., D]. The result is differentiable.
    /// </summary>
    public static Tensor Embedding(Tensor table, Tensor indices)
    {
        ulong* s = stackalloc ulong[5];
        s[0] = Own(table);
        s[1] = Own(indices);
        s[2] = unchecked((ulong)-1L); // padding_idx: none
        s[3] = s[4] = 0; // scale_grad_by_freq, sparse
        Check(torch_call_dispatcher("aten::embedding", "", s, AbiVersion), "embedding");
        return Tensor.UnsafeCreateTensor((nint)s[0]);
    }

    internal static bool AutocastEnabled(DeviceType device) => is_autocast_enabled((sbyte)device) != 0;

    internal static ScalarType AutocastType(DeviceType device) => (ScalarType)get_autocast_dtype((sbyte)device);

    internal static void SetAutocast(DeviceType device, bool enabled, ScalarType type)
    {
        set_autocast_enabled((sbyte)device, enabled ? (byte)1 : (byte)0);
        set_autocast_dtype((sbyte)device, (sbyte)type);
        // Turns the cache of cast weights off, because all threads share it and any thread that leaves autocast clears
        // it for all. Whether the gradients of a weight that is used twice are added in bfloat16 or in float32 would
        // then depend on the other threads.
        set_autocast_cache_enabled(0);
    }

    private static ulong Own(Tensor tensor)
    {
        nint handle;
        Check(aoti_torch_new_tensor_handle(tensor.Handle, &handle), "new_tensor_handle");
        GC.KeepAlive(tensor);
        return (ulong)handle;
    }

    private static ulong List(ReadOnlySpan<Tensor> tensors)
    {
        nint list;
        Check(torch_new_list_reserve_size((nuint)tensors.Length, &list), "new_list");
        foreach (Tensor tensor in tensors) Check(torch_list_push_back(list, Own(tensor)), "push_back");
        return (ulong)list;
    }

    private static ulong Bits(double value) => BitConverter.DoubleToUInt64Bits(value);

    private static void Check(int status, string what)
    {
        if (status != 0)
            throw new InvalidOperationException($"libtorch refused {what}; it printed why on standard error");
    }

    [LibraryImport(Library)]
    private static partial int aoti_torch_new_tensor_handle(nint original, nint* handle);

    [LibraryImport(Library)]
    private static partial int aoti_torch_get_data_ptr(nint tensor, nint* pointer);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int torch_call_dispatcher(string op, string overload, ulong* stack, ulong version);

    [LibraryImport(Library)]
    private static partial int torch_new_list_reserve_size(nuint size, nint* list);

    [LibraryImport(Library)]
    private static partial int torch_list_push_back(nint list, ulong value);

    [LibraryImport(Library, EntryPoint = SetEnabled)]
    private static partial void set_autocast_enabled(sbyte device, byte on);

    [LibraryImport(Library, EntryPoint = GetEnabled)]
    private static partial byte is_autocast_enabled(sbyte device);

    [LibraryImport(Library, EntryPoint = SetType)]
    private static partial void set_autocast_dtype(sbyte device, sbyte type);

    [LibraryImport(Library, EntryPoint = GetType_)]
    private static partial sbyte get_autocast_dtype(sbyte device);

    [LibraryImport(Library, EntryPoint = SetCache)]
    private static partial void set_autocast_cache_enabled(byte on);

    [LibraryImport(Library, EntryPoint = Context)]
    private static partial nint global_context();

    [LibraryImport(Library, EntryPoint = SetDeterministic)]
    private static partial void set_deterministic(nint context, byte on, byte warnOnly);
}
