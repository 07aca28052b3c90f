namespace Starling.Actors.LocalCluster;

/// <summary>Shows a local cluster while it runs. Members are thread-safe and return at once.</summary>
internal interface IClusterView : IAsyncDisposable
{
    /// <summary>Shows the newest state of the cluster.</summary>
    void Show(ClusterSnapshot snapshot);

    /// <summary>Shows a line that stays visible.</summary>
    void Note(string line);
}
