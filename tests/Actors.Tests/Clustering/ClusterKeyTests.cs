using System.Runtime.Versioning;
using Akka.Actor;
using Starling.Actors.Clustering;
using Starling.Actors.Configuration;
using Starling.Actors.Tests.Support;
using Starling.Data;

namespace Starling.Actors.Tests.Clustering;

public sealed class ClusterKeyTests : IDisposable
{
    private static readonly TlsOptions None = new();
    private readonly TestFolder _folder = new();

    private string File => Path.Combine(ClusterKey.FolderOf(_folder.Path), "key.pem");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Without_a_local_cluster_there_is_none()
    {
        Assert.Null(Find());
        using (ClusterKey.Make(_folder.Path, TimeProvider.System)) Assert.NotNull(Find());
        ClusterKey.Delete(_folder.Path);
        Assert.Null(Find());
        ClusterKey.Delete(_folder.Path);
    }

    /// <summary>Without its key a node would talk in the open, and the others would refuse it.</summary>
    [Fact]
    public void A_disk_that_does_not_give_the_key_is_no_cluster_without_one()
    {
        ClusterKey.Make(_folder.Path, TimeProvider.System).Dispose();
        System.IO.File.Delete(File);
        System.IO.File.CreateSymbolicLink(File, File); // it is there, and cannot be read
        Assert.Equal(FaultScope.Node, Assert.Throws<StarlingException>(() => Find()).Scope);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void Only_its_user_can_read_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there are no such modes");
        using (ClusterKey.Make(_folder.Path, TimeProvider.System))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
        System.IO.File.SetUnixFileMode(ClusterKey.FolderOf(_folder.Path), (UnixFileMode)511);
        Assert.Contains("can be opened by others", Assert.Throws<StarlingException>(() => Find()).Message);
    }

    [Fact]
    public void A_damaged_key_is_a_mistake_that_names_the_file()
    {
        using (ClusterKey.Make(_folder.Path, TimeProvider.System)) { }
        System.IO.File.WriteAllText(File, "no key");
        Assert.Contains("key.pem is no key", Assert.Throws<StarlingException>(() => Find()).Message);
    }

    [Fact]
    public void Certificates_of_the_configuration_count_more()
    {
        using TestCertificates certificates = new(_folder.Path, "ours");
        using RemoteTls own = ClusterKey.Make(_folder.Path, TimeProvider.System);
        Assert.Throws<StarlingException>(() => ClusterKey.Find(
            certificates.Issue() with { Ca = "nowhere.pem" }, _folder.Path, TimeProvider.System));
    }

    [Fact]
    public async Task Nodes_with_the_key_talk_and_a_node_with_another_key_is_refused()
    {
        using RemoteTls made = ClusterKey.Make(_folder.Path, TimeProvider.System), found = Find()!;
        // As an intruder would: it trusts the cluster's certificate, and shows one of its own.
        using TestCertificates certificates = new(_folder.Path, "foreign");
        TlsOptions foreign = certificates.Issue();
        System.IO.File.AppendAllText(foreign.Ca!, "\n" + System.IO.File.ReadAllText(File));
        using RemoteTls other = RemoteTls.Open(foreign, TimeProvider.System)!;
        await using TlsNode server = new(made), client = new(found), stranger = new(other), plain = new(null);
        Assert.NotNull((await client.AskAsync(server.Path)).Subject);
        string path = server.Path.Replace("akka.ssl.tcp", "akka.tcp", StringComparison.Ordinal);
        Task<ActorIdentity> unheard = plain.AskAsync(path), refused = stranger.AskAsync(server.Path);
        await plain.Disconnected.WaitAsync(TlsNode.Timeout, TestContext.Current.CancellationToken);
        await server.Distrusts.WaitAsync(TlsNode.Timeout, TestContext.Current.CancellationToken);
        // Akka itself answers for an actor that cannot be reached: nobody.
        Assert.True(!unheard.IsCompletedSuccessfully || (await unheard).Subject is null);
        Assert.True(!refused.IsCompletedSuccessfully || (await refused).Subject is null);
        Assert.NotNull((await client.AskAsync(server.Path)).Subject);
    }

    private RemoteTls? Find() => ClusterKey.Find(None, _folder.Path, TimeProvider.System);
}
