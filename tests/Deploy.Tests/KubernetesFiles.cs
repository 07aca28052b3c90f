using k8s;
using k8s.Models;

namespace Starling.Deploy.Tests;

/// <summary>The manifests of <c>deploy/k8s</c>.</summary>
internal static class KubernetesFiles
{
    /// <summary>The folder.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "deploy", "k8s");

    /// <summary>Paths of the manifests of the base, below the folder.</summary>
    public static IReadOnlyList<string> Base => [.. Directory.GetFiles(Path.Combine(Folder, "base"), "*.yaml")
        .Select(Path.GetFileName).OfType<string>().Where(name => name != "kustomization.yaml").Order()];

    /// <summary>The jobs, by name.</summary>
    public static IReadOnlyDictionary<string, V1Job> Jobs =>
        Base.SelectMany(name => Parse(Read($"base/{name}"))).OfType<V1Job>().ToDictionary(job => job.Metadata.Name);

    /// <summary>Reads a file by its path below the folder.</summary>
    public static string Read(string name) => File.ReadAllText(Path.Combine(Folder, name));

    /// <summary>Reads manifests. A field that the API does not know, or a value of another type, is an error.</summary>
    public static IReadOnlyList<object> Parse(string text) =>
        KubernetesYaml.LoadAllFromString(text, null, strict: true);
}
