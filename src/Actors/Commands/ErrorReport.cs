using System.Globalization;
using Starling.Actors.Protocol;
using Starling.Data;
using Starling.Model.Files;

namespace Starling.Actors.Commands;

/// <summary>
/// Tells the user about an exception. A mistake of the user is one line; a fault of the program is a line and a file
/// with the details.
/// </summary>
internal static class ErrorReport
{
    /// <summary>Reports an exception.</summary>
    /// <returns>The exit code for the exception.</returns>
    public static int Write(Exception exception, CommandContext context)
    {
        if (Mistake(exception) is { } mistake)
        {
            foreach (string line in mistake.Message.Split('\n')) Line(context.Error, line.TrimEnd());
            return mistake is TryAgainException ? ExitCodes.StartAgain : ExitCodes.UserError;
        }
        string first = exception.Message.Split('\n')[0].Trim();
        Line(context.Error, $"{exception.GetType().Name}: {first}; details in {Save(exception, context)}");
        return ExitCodes.Fault;
    }

    /// <summary>Prints one line of an error.</summary>
    public static void Line(TextWriter error, string message) => error.WriteLine($"starling: error: {message}");

    // Tasks and static constructors wrap an exception that is thrown inside them.
    private static StarlingException? Mistake(Exception exception) => exception switch
    {
        StarlingException mistake => mistake,
        AggregateException { InnerExceptions: [var only] } => Mistake(only),
        TypeInitializationException { InnerException: { } inner } => Mistake(inner),
        _ => null,
    };

    private static string Save(Exception exception, CommandContext context)
    {
        string stamp = context.Time.GetUtcNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        string name = $"starling-error-{stamp}-{Environment.ProcessId}.txt";
        foreach (string folder in (string[])[context.DetailsFolder, Path.GetTempPath()])
        {
            try
            {
                Directory.CreateDirectory(folder);
                string path = Path.Combine(folder, name);
                // In a folder for all, somebody else may have put a link of that name there, to a file of this user's.
                PrivateFolder.WriteNew(path, exception.ToString());
                return path;
            }
            catch (Exception e) when (e.IsDiskFailure())
            {
                // The fault itself may be a full disk, so the loop tries the next folder.
            }
        }
        return "no file, as none could be written";
    }
}
