using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Starling.Data;
using Starling.Model.Tensors;

namespace Starling.Model.Snapshots;

/// <summary>
/// The one number that says whether two training states are the same, bit for bit: SHA-256 over the line
/// <c>step⇥STEP⏎</c>, then for student, teacher, projector and optimizer in this order, for each tensor by ordinal
/// name, the line <c>PART⇥NAME⇥DTYPE⇥D0,D1,…⇥BYTES⏎</c> (UTF-8, tab separated, safetensors' dtype names) and its bytes.
/// It sees nothing of files, so headers, padding and metadata do not matter; nor does the generation, which is not
/// state.
/// </summary>
public sealed class StateHash : IDisposable
{
    private readonly IncrementalHash _hash = Sha256.Begin();
    private (CheckpointPart Part, string Name) _last = (CheckpointPart.Student, "");

    /// <summary>Starts the hash of the state after <paramref name="step"/>.</summary>
    public StateHash(long step) => Line($"step\t{step}\n");

    /// <summary>The hash of a snapshot, as 64 lower-case hexadecimal digits.</summary>
    public static string Of(CheckpointSnapshot state)
    {
        using StateHash hash = new(state.Step);
        foreach (CheckpointPart part in CheckpointParts.All)
            foreach (HostTensor tensor in state[part].OrderBy(t => t.Name, StringComparer.Ordinal))
                hash.Add(part, tensor);
        return hash.Finish();
    }

    /// <summary>Adds the next tensor; they must come in order of part and ordinal name, each once.</summary>
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

    /// <summary>The hash of what was added, as 64 lower-case hexadecimal digits.</summary>
    public string Finish() => _hash.Hex();

    /// <summary>Frees the native hash.</summary>
    public void Dispose() => _hash.Dispose();

    private void Line(FormattableString text) =>
        _hash.AppendData(Encoding.UTF8.GetBytes(text.ToString(CultureInfo.InvariantCulture)));
}
