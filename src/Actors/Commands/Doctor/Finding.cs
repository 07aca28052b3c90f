namespace Starling.Actors.Commands.Doctor;

/// <summary>What a check of <c>starling doctor</c> has found.</summary>
/// <param name="Verdict">Whether a run could work.</param>
/// <param name="Text">What was found; if something is wrong, also what to do.</param>
internal sealed record Finding(Verdict Verdict, string Text)
{
    /// <summary>All is well.</summary>
    public static Finding Ok(string text) => new(Verdict.Ok, text);

    /// <summary>A run works, but not well, or it may work later.</summary>
    public static Finding Warning(string text) => new(Verdict.Warning, text);

    /// <summary>Whether what has failed may pass by itself, so that the check is worth another try.</summary>
    public bool MayPass { get; private init; }

    /// <summary>A run cannot work now.</summary>
    public static Finding FailedForNow(string text) => new(Verdict.Failed, text) { MayPass = true };

    /// <summary>A run cannot work.</summary>
    public static Finding Failed(string text) => new(Verdict.Failed, text);
}

/// <summary>The verdict of a check.</summary>
internal enum Verdict
{
    /// <summary>All is well.</summary>
    Ok,
    /// <summary>A run works, but not well, or it may work later.</summary>
    Warning,
    /// <summary>A run cannot work.</summary>
    Failed,
}
