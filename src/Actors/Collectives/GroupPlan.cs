using System.Globalization;
using System.Text;
using Starling.Data;
using Starling.Model.Parameters;
using Starling.Model.Replicas;

namespace Starling.Actors.Collectives;

/// <summary>
/// What the members of a group have to agree on before the first exchange, since no later message says what it is.
/// </summary>
/// <param name="Layouts">The exchanged vectors: the trained networks' parameters in order.</param>
/// <param name="BucketElements">Elements of a bucket.</param>
/// <param name="Hosting">Who hosts which replicas.</param>
public sealed record GroupPlan(IReadOnlyList<ParameterLayout> Layouts, long BucketElements, ReplicaHosting Hosting)
{
    /// <summary>SHA-256 of the plan, 64 lower-case hexadecimal digits.</summary>
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
