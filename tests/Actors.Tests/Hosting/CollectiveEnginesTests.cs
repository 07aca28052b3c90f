using Starling.Actors.Collectives;
using Starling.Actors.Collectives.Gloo;
using Starling.Actors.Collectives.Nccl;
using Starling.Actors.Hosting;
using Starling.Actors.Tests.Collectives;
using Starling.Data;
using TorchSharp;

namespace Starling.Actors.Tests.Hosting;

public class CollectiveEnginesTests
{
    [Fact]
    public void Nccl_without_a_GPU_says_what_is_missing_and_what_to_use_instead()
    {
        Assert.SkipWhen(torch.cuda.is_available(), "there is a GPU");
        StarlingException refused =
            Assert.Throws<StarlingException>(() => CollectiveEngines.For("nccl", DeviceType.CPU));
        Assert.Contains("needs an NVIDIA GPU", refused.Message, StringComparison.Ordinal);
        Assert.Contains("'gloo'", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
        Assert.Throws<StarlingException>(() => new NcclEngine().Bind(new GroupMember(1, 0, 2), Members.Options));
    }

    [Fact]
    public void A_node_that_begins_a_cluster_may_lack_the_engine_and_is_told_so()
    {
        Assert.SkipWhen(torch.cuda.is_available(), "there is a GPU");
        List<string> notes = [];
        ICollectiveEngine engine = CollectiveEngines.ForTheFirst("nccl", DeviceType.CPU, notes.Add);
        Assert.Contains("needs an NVIDIA GPU", Assert.Single(notes));
        StarlingException alone = Assert.Throws<StarlingException>(
            () => engine.Bind(new GroupMember(1, 0, 2), Members.Options));
        Assert.Equal(FaultScope.Node, alone.Scope);
    }

    [Fact]
    public void Trainers_on_CPUs_get_gloo_by_default()
    {
        Assert.SkipWhen(new GlooEngine().Unavailable is not null, "built without gloo");
        Assert.Equal("gloo", CollectiveEngines.For("auto", DeviceType.CPU).Name);
    }

    [Fact]
    public void An_unknown_engine_is_refused_with_the_names_of_the_known() =>
        Assert.Contains("auto, gloo or nccl", Assert.Throws<StarlingException>(
            () => CollectiveEngines.For("mpi", DeviceType.CPU)).Message, StringComparison.Ordinal);

    [Fact]
    public unsafe void The_structures_of_nccl_have_the_layout_of_its_header()
    {
        NcclNative.Config config = NcclNative.Config.NonBlocking();
        Assert.Equal(40, sizeof(NcclNative.Config));
        Assert.Equal(128, sizeof(NcclNative.UniqueId));
        int* fields = (int*)&config;
        // size (8 bytes), magic, version, blocking, cgaClusterSize, minCTAs, maxCTAs, netName (8 bytes)
        Assert.Equal([40, 0, unchecked((int)0xcafebeef), 21700, 0, int.MinValue, int.MinValue, int.MinValue, 0, 0],
            new Span<int>(fields, 10).ToArray());
    }
}
