using System.Security.Cryptography;
using Starling.Data;
using Starling.Model.Files;
using Starling.Model.Tensors;

namespace Starling.Model.Checkpoints;

/// <summary>Writes and reads one tensor file of a checkpoint, and hashes its bytes at the same time.</summary>
internal static class PartFile
{
    private const int ChunkBytes = 1 << 24;

    /// <summary>Writes the tensors in ordinal order of their names, and makes the file durable.</summary>
    internal static CheckpointFile Write(IDurableFiles files, string folder, string name,
        IReadOnlyList<HostTensor> tensors, CancellationToken cancel)
    {
        using IDurableFile file = files.CreateFile(Path.Combine(folder, name));
        using IncrementalHash hash = Sha256.Begin();
        long length = 0;
        SafetensorsFile.Write(tensors, metadata: null, bytes =>
        {
            // Writes in pieces. Each is hashed while it is still in the processor's cache, and the write can be
            // canceled between two pieces.
            for (; bytes.Length > 0; bytes = bytes[Math.Min(ChunkBytes, bytes.Length)..])
            {
                cancel.ThrowIfCancellationRequested();
                ReadOnlySpan<byte> chunk = bytes[..Math.Min(ChunkBytes, bytes.Length)];
                file.Write(chunk);
                hash.AppendData(chunk);
                length += chunk.Length;
            }
        });
        file.SyncAndClose();
        return new CheckpointFile(name, length, hash.Hex());
    }

    /// <summary>
    /// Reads the tensors in ordinal order of their names, into memory that <paramref name="memory"/> gives, and passes
    /// each to <paramref name="visit"/>. Returns null if the file is the one that was written. Otherwise returns the
    /// file's name and what differs; the tensors that were visited are then not to be used.
    /// </summary>
    /// <exception cref="StarlingException">
    /// The disk does not give the file, which says nothing about whether the file is good.
    /// </exception>
    internal static string? Read(string folder, CheckpointFile expected, Func<int, Memory<byte>> memory,
        Action<HostTensor> visit)
    {
        string path = Path.Combine(folder, expected.Name);
        try
        {
            using HashingStream stream = new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 0));
            if (stream.Length != expected.Bytes)
                return $"{expected.Name} has {stream.Length} bytes instead of {expected.Bytes}";
            string? malformed = ReadTensors(stream, path, memory, visit);
            string actual = stream.DrainAndHash();
            return actual == expected.Sha256
                ? malformed
                : $"{expected.Name} has SHA-256 {actual} instead of {expected.Sha256}";
        }
        catch (Exception e) when (e.IsAbsence())
        {
            return $"{expected.Name} is missing";
        }
        catch (EndOfStreamException)
        {
            return $"{expected.Name} ends before its tensors do";
        }
        catch (Exception e) when (e.IsDiskFailure())
        {
            throw new StarlingException($"{path} cannot be read: {e.Message}", e, FaultScope.Node);
        }
    }

    private static string? ReadTensors(HashingStream stream, string path, Func<int, Memory<byte>> memory,
        Action<HostTensor> visit)
    {
        SafetensorsHeader header;
        try
        {
            header = SafetensorsHeader.Read(stream, path);
        }
        catch (StarlingException e)
        {
            return e.Message;
        }
        string last = "";
        // Tensors without elements have the same offset. Their names decide then, as they did when the file was
        // written.
        foreach (SafetensorsHeader.Entry entry in header.Entries.OrderBy(e => e.Begin).ThenBy(e => e.End)
            .ThenBy(e => e.Name, StringComparer.Ordinal))
        {
            if (string.CompareOrdinal(entry.Name, last) <= 0)
                return $"{path} does not have its tensors in order of name";
            last = entry.Name;
            long length = entry.End - entry.Begin;
            if (length > Array.MaxLength)
                return $"{path} has a tensor '{entry.Name}' of {length} bytes; at most {Array.MaxLength} can be read";
            Memory<byte> bytes = memory((int)length);
            stream.ReadExactly(bytes.Span);
            visit(new HostTensor(entry.Name, entry.Type, entry.Shape, bytes));
        }
        return null;
    }
}
