using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Starling.Data;
using Starling.Model.Tensors;

namespace Starling.Model.Snapshots;

/// <summary>
/// Tells whether two training states are equal, bit for bit. The hash is SHA-256 over the line <c>step⇥STEP⏎</c>, and
/// then over a line <c>PART⇥NAME⇥DTYPE⇥D0,D1,…⇥BYTES⏎</c> and the bytes of each tensor. The lines are UTF-8 and
/// separated by tabs, with the dtype names of safetensors. The parts come in the order student, teacher, projector,
/// optimizer, and the tensors of a part in ordinal order of their names. The headers, padding and metadata of files do
/// not enter the hash. The generation does not enter it either, because it is not part of the state.
/// </summary>
public sealed class StateHash : IDisposable
{
    private readonly IncrementalHash _hash = Sha256.Begin();
    private (CheckpointPart Part, string Name) _last = (CheckpointPart.Student, "");

    /// <summary>Starts the hash of the state after step <paramref name="step"/>.</summary>
    public StateHash(long step) => Line($"step\t{step}\n");

    /// <summary>Computes the hash of a snapshot: 64 lower-case hexadecimal digits.</summary>
    public static string Of(CheckpointSnapshot state)
    {
        using StateHash hash = new(state.Step);
        foreach (CheckpointPart part in CheckpointParts.All)
            foreach (HostTensor tensor in state[part].OrderBy(t => t.Name, StringComparer.Ordinal))
                hash.Add(part, tensor);
        return hash.Finish();
    }

    /// <summary>Adds the next tensor. Tensors must come in the order of parts and ordinal names, each once.</summary>
    /// <exception cref="ArgumentException">The tensor is out of order.</exception>
    public void Add(CheckpointPart part, HostTensor tensor)
    {
        if (part < _last.Part || (part == _last.Part && string.CompareOrdinal(tensor.Name, _last.Name) <= 0))
            throw new ArgumentException(
                $"{part.Label()} {tensor.Name} comes after {_last.Part.Label()} {_last.Name}", nameof(tensor));
        _last = (part, tensor.Name);
        string type = SafetensorsHeader.NameOf(tensor.Type);
        Line($"{part.Label()}\t{tensor.Name}\t{type}\t{string.Join(',', tensor.Shape)}\t{tensor.Bytes.Length}\n");
        _hash.AppendData(tensor.Bytes.Span);
    }

    /// <summary>Gives the hash of the tensors added: 64 lower-case hexadecimal digits.</summary>
    public string Finish() => _hash.Hex();

    /// <summary>Frees the native hash.</summary>
    public void Dispose() => _hash.Dispose();

    private void Line(FormattableString text) =>
        _hash.AppendData(Encoding.UTF8.GetBytes(text.ToString(CultureInfo.InvariantCulture)));
}
