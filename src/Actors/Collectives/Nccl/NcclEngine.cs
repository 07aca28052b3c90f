using System.Net;
using System.Net.NetworkInformation;
using Starling.Data;
using static TorchSharp.torch;

namespace Starling.Actors.Collectives.Nccl;

/// <summary>
/// Exchanges values by NCCL, for trainers on NVIDIA GPUs, one GPU each. The engine calls NCCL's C API; NVIDIA's library
/// has to be installed on the machine.
/// </summary>
public sealed class NcclEngine : ICollectiveEngine
{
    private static readonly Lazy<string?> Missing = new(Probe);

    /// <inheritdoc/>
    public string Name => "nccl";

    /// <inheritdoc/>
    public string? Unavailable => Missing.Value;

    /// <inheritdoc/>
    public ICollectiveGroup Bind(GroupMember member, CollectiveOptions options)
    {
        if (Unavailable is { } why) throw new StarlingException(why, scope: FaultScope.Node);
        UseInterfaceOf(options.Address);
        return new NcclGroup(member, options);
    }

    private static unsafe string? Probe()
    {
        if (!cuda.is_available())
            return "NCCL needs an NVIDIA GPU, and this libtorch sees none: use the engine 'gloo', or set " +
                $"{Model.Tensors.LibTorch.FolderVariable} to a libtorch with CUDA";
        if (cuda.device_count() > 1)
            return "NCCL uses one GPU in each trainer process, and this one sees " +
                $"{cuda.device_count()}: set CUDA_VISIBLE_DEVICES to one of them";
        if (!NcclNative.Found)
            return "NCCL needs libnccl.so.2, which cannot be loaded: install NVIDIA's package libnccl2, or use the " +
                "engine 'gloo'";
        int version;
        NcclResult result = NcclNative.GetVersion(&version);
        return result == NcclResult.Success && version >= NcclNative.OldestVersion
            ? null
            : $"NCCL {version} is too old: {NcclNative.OldestVersion} or later is needed";
    }

    /// <summary>
    /// Sets the network interface that NCCL uses. NCCL takes the name of an interface instead of an address, from an
    /// environment variable that it reads once, at its first call.
    /// </summary>
    private static void UseInterfaceOf(IPAddress address)
    {
        NetworkInterface bound = NetworkInterface.GetAllNetworkInterfaces().FirstOrDefault(i =>
                i.GetIPProperties().UnicastAddresses.Any(u => u.Address.Equals(address)))
            ?? throw new StarlingException($"no network interface of this machine has the address {address}",
                scope: FaultScope.Node);
        if (NcclNative.SetEnvironment("NCCL_SOCKET_IFNAME", "=" + bound.Name, overwrite: 0) != 0)
            throw new StarlingException("NCCL_SOCKET_IFNAME cannot be set", scope: FaultScope.Node);
    }
}
