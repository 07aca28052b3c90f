using Starling.Actors.Loading;
using Starling.Data;

namespace Starling.Actors.Tests.Loading;

/// <summary>Who may be able to make a share that a loader cannot make.</summary>
public sealed class LoaderFaultTests
{
    public static TheoryData<Exception, FaultScope, string> Faults => new()
    {
        { new IOException("Input/output error"), FaultScope.Node, "io" },
        { new UnauthorizedAccessException("denied"), FaultScope.Node, "io" },
        { new FileNotFoundException("a.parquet"), FaultScope.Node, "missing" },
        { new DirectoryNotFoundException("/data"), FaultScope.Node, "missing" },
        { new InsufficientMemoryException(), FaultScope.Node, "memory" },
        { new StarlingException("a.parquet: row group 1 is damaged"), FaultScope.Request, "damaged" },
        { new StarlingException("no tokenizer", scope: FaultScope.Node), FaultScope.Node, "io" },
        { new StarlingException("too large for a message", scope: FaultScope.Run), FaultScope.Run, "damaged" },
        { new InvalidOperationException("a defect"), FaultScope.Request, "program" },
    };

    [Theory]
    [MemberData(nameof(Faults), DisableDiscoveryEnumeration = true)]
    public void A_fault_is_judged_by_what_refused(Exception reason, FaultScope scope, string kind)
    {
        LoaderFault fault = LoaderFault.Of(reason);
        Assert.Equal((scope, kind), (fault.Scope, fault.Kind));
        Assert.Contains(reason.Message, fault.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Reason);
    }
}
