using System.Runtime.InteropServices;

namespace Starling.Actors.Collectives.Gloo;

/// <summary>A native group. Counts calls in flight, so that abort may race with dispose.</summary>
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
