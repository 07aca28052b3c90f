using System.Collections.Concurrent;

namespace Starling.Actors.Collectives.InProcess;

/// <summary>
/// Connects trainers that are threads of one process: values are copied from tensor to tensor. All members of a group
/// have to use the same engine object.
/// </summary>
public sealed class InProcessEngine : ICollectiveEngine
{
    private readonly ConcurrentDictionary<Guid, InProcessRoom> _rooms = new();

    /// <inheritdoc/>
    public string Name => "inproc";

    /// <inheritdoc/>
    public string? Unavailable => null;

    /// <inheritdoc/>
    public ICollectiveGroup Bind(GroupMember member, CollectiveOptions options) =>
        new InProcessGroup(this, member, options);

    internal void Open(InProcessRoom room) => _rooms[room.Id] = room;

    internal void Close(InProcessRoom room) => _rooms.TryRemove(room.Id, out _);

    internal InProcessRoom? Find(Guid id) => _rooms.GetValueOrDefault(id);
}
