using System.Runtime.InteropServices;

namespace Starling.Data.Images;

/// <summary>
/// The functions of libturbojpeg (API 2.x) that decoding needs. The library is looked up once in the process.
/// </summary>
internal static unsafe class TurboJpegNative
{
    /// <summary>The pixel format TJPF_RGB.</summary>
    public const int Rgb = 0;

    /// <summary>The color space TJCS_CMYK. The next number is TJCS_YCCK.</summary>
    public const int Cmyk = 3;

    private static readonly nint Library = Load();

    private static readonly string[] Functions =
        ["tjInitDecompress", "tjDecompressHeader3", "tjDecompress2", "tjGetErrorStr2", "tjDestroy"];

    /// <summary>Whether this machine has the library with all these functions.</summary>
    public static bool Available { get; } =
        Library != 0 && Functions.All(name => NativeLibrary.TryGetExport(Library, name, out _));

    public static nint InitDecompress() => ((delegate* unmanaged<nint>)Export("tjInitDecompress"))();

    public static int DecompressHeader(nint handle, byte* file, int length, int* size4) =>
        ((delegate* unmanaged<nint, byte*, CULong, int*, int*, int*, int*, int>)Export("tjDecompressHeader3"))(
            handle, file, new CULong((uint)length), size4, size4 + 1, size4 + 2, size4 + 3);

    public static int Decompress(nint handle, byte* file, int length, byte* pixels, int width, int height) =>
        ((delegate* unmanaged<nint, byte*, CULong, byte*, int, int, int, int, int, int>)Export("tjDecompress2"))(
            handle, file, new CULong((uint)length), pixels, width, 0, height, Rgb, 0);

    public static string ErrorText(nint handle) =>
        Marshal.PtrToStringUTF8(((delegate* unmanaged<nint, nint>)Export("tjGetErrorStr2"))(handle)) ?? "unknown";

    public static void Destroy(nint handle) => _ = ((delegate* unmanaged<nint, int>)Export("tjDestroy"))(handle);

    private static void* Export(string name) => (void*)NativeLibrary.GetExport(Library, name);

    private static nint Load()
    {
        foreach (string name in (string[])["libturbojpeg.so.0", "libturbojpeg.0.dylib", "turbojpeg.dll"])
            if (NativeLibrary.TryLoad(name, out nint library)) return library;
        return 0;
    }
}
