using Starling.Actors.Tests.Support;

namespace Starling.Actors.Tests.Training;

/// <summary>The state hashes that every training has to reach after each step, by number of logical replicas.</summary>
public sealed class ReferenceStates(TinyAssets assets)
{
    public const int Steps = 6;

    private readonly Dictionary<int, IReadOnlyList<string>> _hashes = [];

    public IReadOnlyList<string> this[int replicas] => _hashes.TryGetValue(replicas, out IReadOnlyList<string>? known)
        ? known
        : _hashes[replicas] = TestTrainers.Reference(assets, replicas, Steps);
}
