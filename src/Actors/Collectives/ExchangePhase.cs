namespace Starling.Actors.Collectives;

/// <summary>The parts of a step's exchange, timed apart.</summary>
public enum ExchangePhase
{
    /// <summary>Gathering the teacher's keys and the labels of all replicas.</summary>
    Gather,
    /// <summary>Waiting until all trainers have their gradients: the time that the slowest costs the others.</summary>
    Wait,
    /// <summary>Every trainer receives its slice of all partial sums.</summary>
    ReduceScatter,
    /// <summary>Adding the slices in tree order.</summary>
    Sum,
    /// <summary>Every trainer receives the sums of all slices.</summary>
    AllGather,
    /// <summary>Waiting until all trainers have the step's sum.</summary>
    Confirm,
}
