using System.Reflection;
using System.Runtime.InteropServices;

namespace Starling.Actors.Collectives.Nccl;

/// <summary>
/// Declares the part of NCCL's C API that is used here (nccl.h, 2.17 and later), and two calls of other libraries: one
/// asks a CUDA stream whether it is done, the other sets NCCL's environment variables.
/// </summary>
internal static unsafe partial class NcclNative
{
    /// <summary>The first version with the configuration of <see cref="Config"/>.</summary>
    public const int OldestVersion = 21700;

    /// <summary><c>ncclUint8</c>: all values are sent as bytes.</summary>
    public const int Bytes = 1;

    /// <summary><c>CUDA_SUCCESS</c> and <c>CUDA_ERROR_NOT_READY</c>.</summary>
    public const int CudaSuccess = 0, CudaNotReady = 600;

    private const string Library = "libnccl.so.2", Driver = "libcuda.so.1";

    private static readonly nint Handle = Load();

    /// <summary>Whether a library with NCCL in it was found. Without it, no other member may be used.</summary>
    public static bool Found => Handle != nint.Zero;

    /// <summary>NCCL's <c>ncclUniqueId</c>, which is passed by value.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct UniqueId
    {
        public const int Size = 128;
        public fixed byte Value[Size];
    }

    /// <summary>
    /// NCCL's <c>ncclConfig_t</c> as of 2.17, 40 bytes. Later versions append fields; they see by the size that these
    /// are missing, and use their defaults.
    /// </summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Config
    {
        private nuint _size;
        private uint _magic, _version;
        private int _blocking, _cgaClusterSize, _minCtas, _maxCtas;
        private nint _netName;

        /// <summary>
        /// Creates a configuration in which calls return at once, and are asked later whether they are done. All other
        /// settings have NCCL's defaults.
        /// </summary>
        public static Config NonBlocking() => new()
        {
            _size = (nuint)sizeof(Config),
            _magic = 0xcafebeef,
            _version = OldestVersion,
            _blocking = 0,
            _cgaClusterSize = Undefined,
            _minCtas = Undefined,
            _maxCtas = Undefined,
        };

        private const int Undefined = int.MinValue;
    }

    [LibraryImport(Library, EntryPoint = "ncclGetVersion")]
    public static partial NcclResult GetVersion(int* version);

    [LibraryImport(Library, EntryPoint = "ncclGetUniqueId")]
    public static partial NcclResult GetUniqueId(UniqueId* id);

    [LibraryImport(Library, EntryPoint = "ncclCommInitRankConfig")]
    public static partial NcclResult CommInitRankConfig(nint* comm, int ranks, UniqueId id, int rank, Config* config);

    [LibraryImport(Library, EntryPoint = "ncclCommGetAsyncError")]
    public static partial NcclResult CommGetAsyncError(nint comm, NcclResult* state);

    [LibraryImport(Library, EntryPoint = "ncclCommAbort")]
    public static partial NcclResult CommAbort(nint comm);

    [LibraryImport(Library, EntryPoint = "ncclGroupStart")]
    public static partial NcclResult GroupStart();

    [LibraryImport(Library, EntryPoint = "ncclGroupEnd")]
    public static partial NcclResult GroupEnd();

    [LibraryImport(Library, EntryPoint = "ncclSend")]
    public static partial NcclResult Send(nint data, nuint count, int type, int peer, nint comm, nint stream);

    [LibraryImport(Library, EntryPoint = "ncclRecv")]
    public static partial NcclResult Receive(nint data, nuint count, int type, int peer, nint comm, nint stream);

    [LibraryImport(Library, EntryPoint = "ncclGetErrorString")]
    public static partial nint GetErrorString(NcclResult result);

    [LibraryImport(Driver, EntryPoint = "cuStreamQuery")]
    public static partial int StreamQuery(nint stream);

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetEnvironment(string name, string value, int overwrite);

    /// <summary>Loads the system's NCCL, or else the NCCL that may be linked into a CUDA libtorch.</summary>
    private static nint Load()
    {
        if (!OperatingSystem.IsLinux() || !NativeLibrary.TryLoad(Driver, out _)) return nint.Zero;
        foreach (string name in (string[])[Library, "libtorch_cuda.so"])
        {
            if (!NativeLibrary.TryLoad(name, out nint handle) ||
                !NativeLibrary.TryGetExport(handle, "ncclCommInitRankConfig", out _)) continue;
            NativeLibrary.SetDllImportResolver(Assembly.GetExecutingAssembly(),
                (library, _, _) => library == Library ? handle : nint.Zero);
            return handle;
        }
        return nint.Zero;
    }
}
