using System.Runtime.CompilerServices;
using k8s.Models;
using Starling.Actors.Configuration;

namespace Starling.Deploy.Tests;

/// <summary>
/// The manifests against the types of the Kubernetes API, and what these types do not say: how a node is started, ends
/// and is replaced. <c>deploy/check/pods</c> runs them.
/// </summary>
public class KubernetesTests
{
    private const string Rules = "components/monitoring/rules.yaml";

    public static TheoryData<string> JobNames => [.. KubernetesFiles.Jobs.Keys];

    public static TheoryData<string> Manifests => [.. KubernetesFiles.Base];

    [Theory]
    [MemberData(nameof(Manifests))]
    public void A_manifest_has_no_field_and_no_type_that_the_api_does_not_know(string name)
    {
        Assert.NotEmpty(KubernetesFiles.Parse(KubernetesFiles.Read($"base/{name}")));
        Assert.Contains($"- {name}\n", KubernetesFiles.Read("base/kustomization.yaml"));
    }

    [Theory]
    [InlineData("completionMode: Indexed", "completionsMode: Indexed")]
    [InlineData("terminationGracePeriodSeconds: 40", "terminationGracePeriodSeconds: long")]
    public void A_planted_mistake_is_found(string good, string bad)
    {
        string text = KubernetesFiles.Read("base/trainer.yaml");
        Assert.Contains(good, text);
        Assert.ThrowsAny<Exception>(() => KubernetesFiles.Parse(text.Replace(good, bad)));
    }

    [Theory]
    [MemberData(nameof(JobNames))]
    public void A_node_that_dies_is_replaced_and_one_with_a_mistake_is_not(string name)
    {
        V1JobSpec job = KubernetesFiles.Jobs[name].Spec;
        Assert.Equal(("Indexed", "Failed"), (job.CompletionMode, job.PodReplacementPolicy));
        Assert.Equal(job.Completions, job.Parallelism);
        Assert.True(job.BackoffLimitPerIndex >= 100_000, "a run of weeks sees many deaths");
        Assert.Equal("Never", job.Template.Spec.RestartPolicy);
        Assert.Equal(40, job.Template.Spec.TerminationGracePeriodSeconds);
        Assert.Equal("starling", job.Template.Spec.Subdomain);
        V1PodFailurePolicyRule mistake = Assert.Single(job.PodFailurePolicy.Rules, r => r.Action == "FailIndex");
        Assert.Equal(("In", 2), (mistake.OnExitCodes.OperatorProperty, Assert.Single(mistake.OnExitCodes.Values)));
        Assert.Contains(job.PodFailurePolicy.Rules, r => r.Action == "Ignore" &&
            Assert.Single(r.OnPodConditions) is { Type: "DisruptionTarget", Status: "True" });
    }

    [Theory]
    [MemberData(nameof(JobNames))]
    public void A_node_and_its_doctor_are_started_with_the_same_arguments(string name)
    {
        V1PodSpec pod = KubernetesFiles.Jobs[name].Spec.Template.Spec;
        V1Container node = Assert.Single(pod.Containers), doctor = Assert.Single(pod.InitContainers);
        string own = $"{name["starling-".Length..]}-$(JOB_COMPLETION_INDEX)";
        Assert.Equal(["node", "--name", own, .. doctor.Args.Skip(1)], node.Args);
        Assert.Equal("doctor", doctor.Args[0]);
        Assert.Equal(["starling-supervisor-0.starling:4000", "starling-supervisor-1.starling:4000"],
            node.Args[node.Args.IndexOf("--seed") + 1].Split(','));
        Assert.Equal(node.Args[node.Args.IndexOf("--roles") + 1],
            KubernetesFiles.Jobs[name].Spec.Template.Metadata.Annotations["starling/roles"]);
        foreach (V1Container container in (V1Container[])[node, doctor])
        {
            Assert.Equal("status.podIP", Assert.Single(container.Env).ValueFrom.FieldRef.FieldPath);
            Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
            Assert.False(container.SecurityContext.AllowPrivilegeEscalation);
            Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
            // Without that, a node may be killed for memory that another pod took.
            Assert.Equal(container.Resources.Requests["memory"], container.Resources.Limits["memory"]);
            Assert.Equal(["/data", "/etc/starling", "/tmp"], container.VolumeMounts.Select(m => m.MountPath));
        }
        Assert.Equal((true, 10001L), (pod.SecurityContext.RunAsNonRoot, pod.SecurityContext.RunAsUser));
    }

    [Theory]
    [MemberData(nameof(JobNames))]
    public void Only_a_process_that_does_not_answer_is_killed(string name)
    {
        V1Container node = KubernetesFiles.Jobs[name].Spec.Template.Spec.Containers[0];
        Assert.Equal(8080, Assert.Single(node.Ports, p => p.Name == "metrics").ContainerPort);
        V1Probe[] probes = [node.LivenessProbe, node.StartupProbe, node.ReadinessProbe];
        Assert.Equal(["/healthz/live", "/healthz/live", "/healthz/ready"], probes.Select(p => p.HttpGet.Path));
        Assert.All(probes, p => Assert.Equal("metrics", p.HttpGet.Port.Value));
        Assert.True(node.LivenessProbe.PeriodSeconds * node.LivenessProbe.FailureThreshold >= 60);
    }

    [Fact]
    public void There_are_two_supervisors_which_keep_to_different_machines()
    {
        V1JobSpec job = KubernetesFiles.Jobs["starling-supervisor"].Spec;
        Assert.Equal(2, job.Completions);
        Assert.Equal("kubernetes.io/hostname", Assert.Single(job.Template.Spec.TopologySpreadConstraints).TopologyKey);
        Assert.Equal("starling-supervisor", job.Template.Spec.PriorityClassName);
    }

    [Fact]
    public void Nodes_find_each_other_by_name_before_they_are_ready()
    {
        var service = (V1Service)Assert.Single(KubernetesFiles.Parse(KubernetesFiles.Read("base/service.yaml")));
        Assert.Equal(("starling", "None", true),
            (service.Metadata.Name, service.Spec.ClusterIP, service.Spec.PublishNotReadyAddresses));
        string label = service.Spec.Selector["app.kubernetes.io/name"];
        Assert.All(KubernetesFiles.Jobs.Values,
            job => Assert.Equal(label, job.Spec.Template.Metadata.Labels["app.kubernetes.io/name"]));
    }

    [Fact]
    public void Nobody_but_the_nodes_reaches_them_except_for_metrics()
    {
        var policy = (V1NetworkPolicy)Assert.Single(
            KubernetesFiles.Parse(KubernetesFiles.Read("base/network-policy.yaml")));
        Assert.Equal(["Ingress", "Egress"], policy.Spec.PolicyTypes);
        foreach (V1NetworkPolicyIngressRule rule in policy.Spec.Ingress)
            if (Assert.Single(rule.FromProperty).PodSelector is null)
                Assert.Equal("8080", Assert.Single(rule.Ports).Port.Value);
    }

    [Theory]
    [InlineData("base/starling.json")]
    [InlineData("overlays/gpu/starling.json")]
    public void The_configuration_can_be_read_and_lets_Prometheus_ask(string name)
    {
        StarlingOptions options = StarlingConfiguration.Read(Path.Combine(KubernetesFiles.Folder, name), []);
        Assert.Equal(("0.0.0.0", 8080), (options.Monitor.Host, options.Monitor.Port));
        Assert.Equal(name.Contains("gpu") ? "cuda" : "cpu", options.Training.Device);
        Assert.Equal("/data/run", KubernetesFiles.Jobs["starling-trainer"].Spec.Template.Spec.Containers[0].Args[^1]);
    }

    /// <summary>The operator wants the rules inside a manifest; Prometheus alone wants them as they are.</summary>
    [Fact]
    public void The_operator_has_the_rules_of_Prometheus()
    {
        const string head = """
            # The rules of deploy/prometheus/rules/starling.yml as the operator takes them. A test writes this file.
            apiVersion: monitoring.coreos.com/v1
            kind: PrometheusRule
            metadata:
              name: starling
            spec:

            """;
        string rules = PrometheusFiles.Read("rules/starling.yml");
        rules = rules[rules.IndexOf("groups:", StringComparison.Ordinal)..];
        IEnumerable<string> lines = rules.Split('\n').Select(line => line.Length > 0 ? $"  {line}" : "");
        string expected = head + string.Join('\n', lines);
        if (Environment.GetEnvironmentVariable("STARLING_UPDATE_DOCS") == "1") File.WriteAllText(Source(), expected);
        else Assert.Equal(expected, KubernetesFiles.Read(Rules));
    }

    private static string Source([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "../../deploy/k8s", Rules);
}
