using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Starling.Data.Batches;

namespace Starling.Data.Tests.Support;

/// <summary>Computes one hash over everything in batches.</summary>
internal static class Hashes
{
    public static string Of(IEnumerable<ReplicaBatch> batches)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (ReplicaBatch batch in batches)
        {
            hash.AppendData(BitConverter.GetBytes(batch.Step));
            hash.AppendData(BitConverter.GetBytes(batch.Replica));
            hash.AppendData(MemoryMarshal.AsBytes(batch.SampleIds.AsSpan()));
            hash.AppendData(MemoryMarshal.AsBytes(batch.Labels.AsSpan()));
            hash.AppendData(batch.Pixels);
        }
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
