namespace Starling.Actors.LocalCluster;

/// <summary>Starts the process of a member.</summary>
/// <param name="arguments">The arguments of this program.</param>
/// <param name="output">Called with each line of standard output.</param>
/// <param name="error">Called with each line of standard error.</param>
internal delegate IMemberProcess MemberStart(
    IEnumerable<string> arguments, Action<string> output, Action<string> error);
