using TorchSharp;
using static TorchSharp.torch;

namespace Starling.Model.Tensors;

/// <summary>
/// Mixed precision for the calling thread until disposed: matrix products run in bfloat16 over float32 weights, which
/// are cast at each use. Put one around a whole forward pass; backward runs outside.
/// </summary>
public readonly struct Autocast : IDisposable
{
    private readonly DeviceType _device;
    private readonly ScalarType _previousType;
    private readonly bool _wasEnabled, _active;

    private Autocast(DeviceType device)
    {
        _device = device;
        _wasEnabled = Aten.AutocastEnabled(device);
        _previousType = Aten.AutocastType(device);
        _active = true;
        Aten.SetAutocast(device, enabled: true, ScalarType.BFloat16);
    }

    /// <summary>
    /// bfloat16 autocast on <paramref name="device"/>; nothing at all unless <paramref name="enabled"/>.
    /// </summary>
    public static Autocast BFloat16(Device device, bool enabled = true) =>
        enabled ? new Autocast(device.type) : default;

    /// <summary>Restores what was set before, but for the cache of casts, which stays off.</summary>
    public void Dispose()
    {
        if (!_active) return;
        Aten.SetAutocast(_device, _wasEnabled, _previousType);
    }
}
