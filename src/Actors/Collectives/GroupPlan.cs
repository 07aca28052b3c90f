using System.Globalization;
using System.Text;
using Starling.Data;
using Starling.Model.Parameters;
using Starling.Model.Replicas;

namespace Starling.Actors.Collectives;

/// <summary>
/// Describes what the members of a group exchange. They have to agree on it before the first exchange, because the
/// later messages hold nothing but values.
/// </summary>
/// <param name="Layouts">The exchanged vectors: the trained networks' parameters in order.</param>
/// <param name="BucketElements">Elements of a bucket.</param>
/// <param name="Hosting">Which rank hosts which replicas.</param>
public sealed record GroupPlan(IReadOnlyList<ParameterLayout> Layouts, long BucketElements, ReplicaHosting Hosting)
{
    /// <summary>Computes the SHA-256 of the plan, as 64 lower-case hexadecimal digits.</summary>
    public string Hash()
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"buckets {BucketElements}\nhosting {Hosting}\n");
        foreach (ParameterLayout layout in Layouts)
        {
            text.Append(CultureInfo.InvariantCulture, $"network {layout.Count} {layout.DecayedCount}\n");
            foreach (ParameterShape parameter in layout.Parameters)
                text.Append(CultureInfo.InvariantCulture, $"{parameter.Name} {string.Join('x', parameter.Shape)}\n");
        }
        return Sha256.HexOf(text.ToString());
    }
}
