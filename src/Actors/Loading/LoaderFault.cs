using Starling.Data;

namespace Starling.Actors.Loading;

/// <summary>What a loader tells about a share that it cannot make.</summary>
/// <param name="Scope">Who may be able to make the share.</param>
/// <param name="Kind">The label of the metric.</param>
/// <param name="Reason">What went wrong, in one line.</param>
internal sealed record LoaderFault(FaultScope Scope, string Kind, string Reason)
{
    /// <summary>The kind of a file that is not there. It may be on a disk that is mounted again.</summary>
    public const string Missing = "missing";

    /// <summary>
    /// Judges an exception. A <see cref="StarlingException"/> was given its scope where it was thrown. What the system
    /// refuses concerns the node. Any other exception is a defect of the program: the same share probably fails on
    /// every loader.
    /// </summary>
    public static LoaderFault Of(Exception reason) => reason switch
    {
        StarlingException { Scope: var scope } =>
            new(scope, scope == FaultScope.Node ? "io" : "damaged", reason.Message),
        FileNotFoundException or DirectoryNotFoundException => new(FaultScope.Node, Missing, OneLine(reason)),
        OutOfMemoryException => new(FaultScope.Node, "memory", OneLine(reason)),
        _ when reason.IsDiskFailure() => new(FaultScope.Node, "io", OneLine(reason)),
        _ => new(FaultScope.Request, "program", $"the program failed: {reason.GetType().Name}: {OneLine(reason)} " +
            "(the event log of the loader's node has the details)"),
    };

    private static string OneLine(Exception reason) => reason.Message.ReplaceLineEndings(" ");
}
