namespace Starling.Actors.LocalCluster;

/// <summary>A member of a local cluster and its process. Only the manager's loop uses it.</summary>
internal sealed class Member(MemberPlan plan)
{
    /// <summary>Its name and roles.</summary>
    public MemberPlan Plan { get; } = plan;

    /// <summary>What its process does.</summary>
    public MemberState State { get; set; } = MemberState.Waiting;

    /// <summary>Its process; null while none runs.</summary>
    public IMemberProcess? Child { get; set; }

    /// <summary>The address on which it listens; null unless it is ready.</summary>
    public string? Address { get; set; }

    /// <summary>Timestamp of its last start, by the manager's clock.</summary>
    public long StartedAt { get; set; }

    /// <summary>How many times it was started.</summary>
    public int Starts { get; set; }

    /// <summary>How many times in a row it ended soon after its start.</summary>
    public int ShortLives { get; set; }

    /// <summary>How long it has to wait before it is started again; null if it need not wait.</summary>
    public TimeSpan? RestartAfter { get; set; }

    /// <summary>Whether it has been ready in any of its lives.</summary>
    public bool WasReady { get; set; }

    /// <summary>Whether it is not to be started again.</summary>
    public bool StayDown { get; set; }

    /// <summary>Its last line on standard error.</summary>
    public string? LastError { get; set; }

    /// <summary>Whether its process runs.</summary>
    public bool Runs => Child is not null;
}
