using TorchSharp;
using static TorchSharp.torch;

namespace Starling.Model.Tensors;

/// <summary>
/// Mixed precision for the calling thread until disposed. Matrix products run in bfloat16; the weights stay float32 and
/// are cast at each use. It belongs around a whole forward pass; the backward pass runs outside it.
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
    /// Turns on bfloat16 autocast on <paramref name="device"/>; does nothing unless <paramref name="enabled"/>.
    /// </summary>
    public static Autocast BFloat16(Device device, bool enabled = true) =>
        enabled ? new Autocast(device.type) : default;

    /// <summary>Restores the settings from before. Only the cache of casts stays off.</summary>
    public void Dispose()
    {
        if (!_active) return;
        Aten.SetAutocast(_device, _wasEnabled, _previousType);
    }
}
