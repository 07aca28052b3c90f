using System.Runtime.InteropServices;

namespace Starling.Actors.Collectives.Gloo;

/// <summary>Declares the functions of Native/starling_gloo.cc.</summary>
internal static unsafe partial class GlooNative
{
    public const string Library = "starling_gloo";
    public const string File = "libstarling_gloo.so";

    /// <summary>Bytes of the buffer for an error message.</summary>
    public const int MessageCapacity = 512;

    [StructLayout(LayoutKind.Sequential)]
    public struct Transfer
    {
        public nint Data;
        public long Bytes;
        public int Peer;
        public int Receive;
    }

    [LibraryImport(Library, EntryPoint = "sg_create", StringMarshalling = StringMarshalling.Utf8)]
    public static partial GlooStatus Create(
        int rank, int size, string host, int timeoutMilliseconds, out nint group, byte* message, int capacity);

    [LibraryImport(Library, EntryPoint = "sg_address")]
    public static partial int Address(GlooHandle group, byte* address, int capacity);

    [LibraryImport(Library, EntryPoint = "sg_connect")]
    public static partial GlooStatus Connect(
        GlooHandle group, byte* addresses, int timeoutMilliseconds, byte* message, int capacity);

    [LibraryImport(Library, EntryPoint = "sg_exchange")]
    public static partial GlooStatus Exchange(GlooHandle group, Transfer* transfers, long count,
        int timeoutMilliseconds, byte* message, int capacity);

    [LibraryImport(Library, EntryPoint = "sg_abort")]
    public static partial GlooStatus Abort(GlooHandle group, byte* message, int capacity);

    [LibraryImport(Library, EntryPoint = "sg_destroy")]
    public static partial GlooStatus Destroy(nint group, byte* message, int capacity);
}
