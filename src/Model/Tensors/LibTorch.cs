using System.Reflection;
using System.Runtime.InteropServices;
using Starling.Data;
using TorchSharp;

namespace Starling.Model.Tensors;

/// <summary>
/// Loads libtorch once, before anything touches TorchSharp, and checks that the entry points used directly are there.
/// By default the CPU library beside the program; a folder named by <c>STARLING_TORCH_LIB_DIR</c> (the <c>lib</c>
/// folder of a libtorch or PyTorch with CUDA) replaces it, which is how a run gets onto a GPU.
/// </summary>
public static partial class LibTorch
{
    /// <summary>The environment variable that names another libtorch's folder.</summary>
    public const string FolderVariable = "STARLING_TORCH_LIB_DIR";

    /// <summary>
    /// Stack of a thread that computes, in bytes. libtorch's backward pass recurses, and the small stack of other
    /// threads would not hold a deep network's.
    /// </summary>
    public const int StackBytes = 16 << 20;

    private static readonly Lock Gate = new();
    private static bool s_ready;

    /// <summary>
    /// Loads and checks libtorch, and makes its <see cref="NativeWarmup"/>; later calls do nothing. To be called before
    /// any other thread computes.
    /// </summary>
    /// <exception cref="StarlingException">
    /// The library does not load, or is not a version this program knows.
    /// </exception>
    public static void Initialize()
    {
        lock (Gate)
        {
            if (s_ready) return;
            QuietSpinning();
            if (Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } folder) LoadFrom(folder);
            try
            {
                torch.InitializeDeviceType(DeviceType.CPU);
                Aten.SelfTest();
                NativeWarmup.Make();
            }
            catch (Exception e) when (e is not StarlingException)
            {
                throw new StarlingException(
                    $"libtorch cannot be loaded ({FirstLine(e)}); 'ldd libLibTorchSharp.so' in the program's folder " +
                    "shows what is missing", e);
            }
            s_ready = true;
        }
    }

    /// <summary>
    /// Sets how many threads tensor work started on the calling thread may use, whatever other threads are told.
    /// </summary>
    public static void SetThreadsOfThisThread(int count)
    {
        Initialize();
        // When a thread first asks for it, libtorch takes over the number that was set last, on whichever thread. Were
        // that at its first work, a replica could be computed with as many threads as an evaluation beside it.
        _ = torch.get_num_threads();
        torch.set_num_threads(count);
    }

    /// <summary>
    /// OpenMP's waiting threads spin, and on shared cores (actors, loaders, a second trainer) that costs up to twice
    /// the step time. libgomp reads its settings when it is loaded, and .NET's own SetEnvironmentVariable does not
    /// reach native code, so this goes through libc.
    /// </summary>
    private static void QuietSpinning()
    {
        if (!OperatingSystem.IsLinux()) return;
        if (Environment.GetEnvironmentVariable("GOMP_SPINCOUNT") is null &&
            Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is null)
            _ = SetEnv("GOMP_SPINCOUNT", "1000", overwrite: 0);
    }

    private static void LoadFrom(string folder)
    {
        // CUDA's hooks are looked up once, at the first use of a device: its library has to be loaded before.
        foreach (string name in (string[])["c10", "torch_cpu", "c10_cuda", "torch_cuda", "torch"])
        {
            string path = Path.Combine(folder, $"lib{name}.so");
            bool optional = name.Contains("cuda", StringComparison.Ordinal);
            if (!File.Exists(path) && optional) continue;
            if (!NativeLibrary.TryLoad(path, out nint handle))
                throw new StarlingException(
                    $"{FolderVariable}: {path} cannot be loaded; name the lib folder of a libtorch 2.10");
            if (name == "torch_cpu")
                NativeLibrary.SetDllImportResolver(Assembly.GetExecutingAssembly(),
                    (library, _, _) => library == Aten.Library ? handle : nint.Zero);
        }
    }

    private static string FirstLine(Exception e) => (e.InnerException ?? e).Message.Split('\n')[0].Trim();

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnv(string name, string value, int overwrite);
}
