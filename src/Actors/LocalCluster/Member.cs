namespace Starling.Actors.LocalCluster;

/// <summary>A member of a local cluster and its process. Owned by the manager's loop.</summary>
internal sealed class Member(MemberPlan plan)
{
    public MemberPlan Plan { get; } = plan;

    public MemberState State { get; set; } = MemberState.Waiting;

    public ChildProcess? Child { get; set; }

    /// <summary>Where it listens, once it is ready.</summary>
    public string? Address { get; set; }

    public long StartedAt { get; set; }

    /// <summary>Times it was started.</summary>
    public int Starts { get; set; }

    /// <summary>Ends in a row soon after the start.</summary>
    public int ShortLives { get; set; }

    /// <summary>How long it waits to be started again; null if it does not.</summary>
    public TimeSpan? RestartAfter { get; set; }

    /// <summary>Not to be started again.</summary>
    public bool StayDown { get; set; }

    /// <summary>Its last line on standard error.</summary>
    public string? LastError { get; set; }

    public bool Runs => Child is not null;
}
