using System.CommandLine;

namespace Starling.Actors.Commands;

/// <summary>
/// A command that makes a run or a file. What it prints only tells of it, so it succeeds although its output cannot be
/// written. Other commands exist for what they print.
/// </summary>
/// <param name="name">The word on the command line.</param>
/// <param name="description">What it does.</param>
/// <param name="keepsAtEnd">
/// Whether a command that is asked to end keeps what it has made so far, for which it gets the time that it needs.
/// </param>
internal sealed class MakingCommand(string name, string description, bool keepsAtEnd = false)
    : Command(name, description)
{
    /// <summary>Whether the command keeps what it has made so far when it is asked to end.</summary>
    public bool KeepsAtEnd => keepsAtEnd;
}
