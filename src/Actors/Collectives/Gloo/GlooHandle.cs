using System.Runtime.InteropServices;

namespace Starling.Actors.Collectives.Gloo;

/// <summary>
/// Owns a native group. The handle counts the calls in flight, so an abort on one thread is safe against a dispose on
/// another.
/// </summary>
internal sealed unsafe class GlooHandle : SafeHandle
{
    public GlooHandle(nint group) : base(nint.Zero, ownsHandle: true) => SetHandle(group);

    public override bool IsInvalid => handle == nint.Zero;

    protected override bool ReleaseHandle()
    {
        byte* message = stackalloc byte[GlooNative.MessageCapacity];
        return GlooNative.Destroy(handle, message, GlooNative.MessageCapacity) == GlooStatus.Ok;
    }
}
