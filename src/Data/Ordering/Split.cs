namespace Starling.Data.Ordering;

/// <summary>A part of a data set.</summary>
public enum Split
{
    /// <summary>Every sample.</summary>
    All,
    /// <summary>All but the held-out samples.</summary>
    Train,
    /// <summary>The held-out samples.</summary>
    Validation,
}
