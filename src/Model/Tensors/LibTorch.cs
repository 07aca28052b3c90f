using System.Reflection;
using System.Runtime.InteropServices;
using Starling.Data;
using TorchSharp;

namespace Starling.Model.Tensors;

/// <summary>
/// Loads libtorch once, before anything uses TorchSharp, and checks that it has the functions that Starling calls
/// directly. By default that is the CPU library beside the program. <c>STARLING_TORCH_LIB_DIR</c> can name another
/// folder, the <c>lib</c> folder of a libtorch or PyTorch with CUDA; that is how a run uses a GPU.
/// </summary>
public static partial class LibTorch
{
    /// <summary>The environment variable that names another libtorch's folder.</summary>
    public const string FolderVariable = "STARLING_TORCH_LIB_DIR";

    /// <summary>
    /// Stack size, in bytes, of a thread that computes. libtorch's backward pass is recursive, and a deep network's
    /// would overflow the default stack of a thread.
    /// </summary>
    public const int StackBytes = 16 << 20;

    private static readonly Lock Gate = new();
    private static bool s_ready;

    /// <summary>
    /// Loads and checks libtorch and runs <see cref="NativeWarmup"/>; later calls do nothing. The first call must be
    /// made before any other thread computes.
    /// </summary>
    /// <exception cref="StarlingException">
    /// The library cannot be loaded, or has another version than this program is built for.
    /// </exception>
    public static void Initialize()
    {
        lock (Gate)
        {
            if (s_ready) return;
            ReduceSpinning();
            if (Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } folder) LoadFrom(folder);
            try
            {
                torch.InitializeDeviceType(DeviceType.CPU);
                Aten.SelfTest();
                NativeWarmup.Run();
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
    /// Sets how many threads libtorch may use for work that the calling thread starts. Later calls on other threads do
    /// not change it.
    /// </summary>
    public static void SetThreadsOfThisThread(int count)
    {
        Initialize();
        // When a thread first asks for the number, libtorch gives it the number that any thread set last. The thread
        // asks here, before it sets its own number. Otherwise its first tensor operation would ask, and a replica could
        // be computed with the number of threads that an evaluation beside it has set.
        _ = torch.get_num_threads();
        torch.set_num_threads(count);
    }

    /// <summary>
    /// Limits how long OpenMP's waiting threads spin. On cores that are shared with actors, loaders or a second
    /// trainer, spinning can double the time of a step. libgomp reads the setting from the environment when it is
    /// loaded. The setting is made through libc, because .NET's SetEnvironmentVariable does not change the environment
    /// that native code sees.
    /// </summary>
    private static void ReduceSpinning()
    {
        if (!OperatingSystem.IsLinux()) return;
        if (Environment.GetEnvironmentVariable("GOMP_SPINCOUNT") is null &&
            Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is null)
            _ = SetEnv("GOMP_SPINCOUNT", "1000", overwrite: 0);
    }

    private static void LoadFrom(string folder)
    {
        // libtorch looks for its CUDA part once, at the first use of a device, so the CUDA libraries have to be loaded
        // before.
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
