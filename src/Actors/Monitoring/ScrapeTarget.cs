using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Starling.Data;
using Starling.Model.Files;

namespace Starling.Actors.Monitoring;

/// <summary>
/// Where a node serves its metrics, as a file in the run's folder by which Prometheus finds the node
/// (<c>file_sd_configs</c>): <c>targets/NAME.json</c>. The file of a node that was killed stays, so that Prometheus
/// says that the node is down; the node's successor replaces the file.
/// </summary>
/// <param name="Targets">One address, <c>host:port</c>.</param>
/// <param name="Labels">The run, the node and its roles.</param>
public sealed record ScrapeTarget(IReadOnlyList<string> Targets, IReadOnlyDictionary<string, string> Labels)
{
    /// <summary>The most targets that are read together.</summary>
    public const int Most = 10_000;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        NumberHandling = JsonNumberHandling.Strict,
    };

    /// <summary>Makes a node's target.</summary>
    /// <param name="run">The run's name.</param>
    /// <param name="node">The node's name.</param>
    /// <param name="roles">The node's roles.</param>
    /// <param name="host">The address by which other nodes reach the node.</param>
    /// <param name="metrics">Where the metrics are served; if on all addresses, they are at the host's.</param>
    public static ScrapeTarget Of(string run, string node, IReadOnlyList<string> roles, IPAddress host, Uri metrics)
    {
        IPAddress served = IPAddress.Parse(metrics.Host);
        bool everywhere = served.Equals(IPAddress.Any) || served.Equals(IPAddress.IPv6Any);
        return new ScrapeTarget([new IPEndPoint(everywhere ? host : served, metrics.Port).ToString()],
            new Dictionary<string, string> { ["run"] = run, ["node"] = node, ["roles"] = string.Join(',', roles) });
    }

    /// <summary>Writes the file of a node.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder is not writable.</exception>
    public void Write(string runFolder)
    {
        Directory.CreateDirectory(FolderOf(runFolder));
        ReplacedFile.Write(PathOf(runFolder, Labels["node"]), JsonSerializer.Serialize<ScrapeTarget[]>([this], Json));
    }

    /// <summary>
    /// Deletes the file of a node that ends cleanly, unless it is no longer the node's own: a successor may have
    /// written it.
    /// </summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder is not writable.</exception>
    public void Delete(string runFolder)
    {
        string path = PathOf(runFolder, Labels["node"]);
        if (Read(path).Any(there => there.Targets.SequenceEqual(Targets))) File.Delete(path);
    }

    /// <summary>
    /// Returns the targets of a run's nodes in Prometheus' format (<c>http_sd_configs</c>), in the order of their
    /// names. Files that cannot be read are left out.
    /// </summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static string All(string runFolder)
    {
        string folder = FolderOf(runFolder);
        if (!Directory.Exists(folder)) return "[]";
        return JsonSerializer.Serialize(Directory.EnumerateFiles(folder, "*.json")
            .Order(StringComparer.Ordinal).Take(Most).SelectMany(Read), Json);
    }

    private static IEnumerable<ScrapeTarget> Read(string path)
    {
        try
        {
            return (JsonSerializer.Deserialize<ScrapeTarget?[]>(File.ReadAllText(path), Json) ?? [])
                .OfType<ScrapeTarget>();
        }
        catch (Exception e) when (e.IsDiskFailure() || e is JsonException)
        {
            return [];
        }
    }

    private static string FolderOf(string runFolder) => Path.Combine(runFolder, "targets");

    private static string PathOf(string runFolder, string node) =>
        Path.Combine(FolderOf(runFolder), node + ".json");
}
