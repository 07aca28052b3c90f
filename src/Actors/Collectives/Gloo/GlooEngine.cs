using System.Runtime.InteropServices;
using Starling.Data;

namespace Starling.Actors.Collectives.Gloo;

/// <summary>
/// Exchanges values by gloo over TCP. The engine serves trainers on CPUs. Trainers on GPUs without NCCL use it too;
/// their values pass through the memory of the CPU.
/// The engine uses the system's library (Debian's libgloo) through a small C interface, which <c>dotnet build</c>
/// compiles if gloo's headers are installed.
/// </summary>
public sealed class GlooEngine : ICollectiveEngine
{
    private static readonly Lazy<string?> Missing = new(Probe);

    /// <inheritdoc/>
    public string Name => "gloo";

    /// <inheritdoc/>
    public string? Unavailable => Missing.Value;

    /// <inheritdoc/>
    public ICollectiveGroup Bind(GroupMember member, CollectiveOptions options)
    {
        if (Unavailable is { } why) throw new StarlingException(why, scope: FaultScope.Node);
        return new GlooGroup(member, options);
    }

    private static string? Probe()
    {
        if (NativeLibrary.TryLoad(GlooNative.Library, typeof(GlooEngine).Assembly, null, out _)) return null;
        return File.Exists(Path.Combine(AppContext.BaseDirectory, GlooNative.File))
            ? $"{GlooNative.File} cannot be loaded: install gloo with 'apt-get install libgloo0', on the release of " +
                "the system that the program was built on"
            : "several trainer processes need gloo, and this program was built without: run 'apt-get install g++ " +
                "libgloo-dev' and build it again";
    }
}
