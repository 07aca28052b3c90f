using Akka.Actor;
using Starling.Actors.Clustering;
using Starling.Actors.Configuration;
using Starling.Actors.Tests.Support;
using Starling.Data;
using ConfigurationException = Starling.Actors.Configuration.Reading.ConfigurationException;

namespace Starling.Actors.Tests.Clustering;

/// <summary>Systems in one process with certificates made by the test.</summary>
public sealed class RemoteTlsTests : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly TestFolder _folder = new();
    private readonly TestCertificates _ours, _foreign;
    private readonly List<IDisposable> _open = [];

    public RemoteTlsTests()
    {
        _ours = new TestCertificates(_folder.Path, "ours");
        _foreign = new TestCertificates(_folder.Path, "foreign");
    }

    [Fact]
    public async Task Nodes_of_one_authority_talk_over_tls()
    {
        await using TlsNode server = Start(_ours.Issue()), client = Start(_ours.Issue(encrypted: true));
        Assert.Equal("akka.ssl.tcp", server.Address.Protocol);
        ActorIdentity identity = await client.System.ActorSelection(server.Path)
            .Ask<ActorIdentity>(new Identify(1), Timeout, TestContext.Current.CancellationToken);
        Assert.NotNull(identity.Subject);
    }

    [Fact]
    public async Task A_node_of_another_authority_is_refused()
    {
        await using TlsNode server = Start(_ours.Issue());
        TlsOptions foreign = _foreign.Issue();
        // As an intruder would: it trusts our authority, too, and shows what it has.
        File.AppendAllText(foreign.Ca!, "\n" + File.ReadAllText(_ours.Ca));
        await using TlsNode client = Start(foreign);
        await AssertRefused(client, server.Path, server.Distrusts);
    }

    [Fact]
    public async Task A_node_trusts_no_other_authority_either()
    {
        TlsOptions gullible = _foreign.Issue();
        File.AppendAllText(gullible.Ca!, "\n" + File.ReadAllText(_ours.Ca));
        await using TlsNode server = Start(gullible), client = Start(_ours.Issue());
        await AssertRefused(client, server.Path, client.Distrusts);
    }

    [Fact]
    public async Task A_node_without_encryption_is_refused()
    {
        await using TlsNode server = Start(_ours.Issue()), client = Start(null);
        await AssertRefused(client, server.Path.Replace("akka.ssl.tcp", "akka.tcp", StringComparison.Ordinal),
            client.Disconnected);
    }

    [Fact]
    public void Without_a_certificate_there_is_no_encryption() =>
        Assert.Null(RemoteTls.Open(new TlsOptions(), TimeProvider.System));

    [Fact]
    public void What_is_wrong_with_the_files_is_said_in_a_line()
    {
        TlsOptions good = _ours.Issue(), encrypted = _ours.Issue(encrypted: true);
        string text = _folder["text.pem"];
        File.WriteAllText(text, "no certificate\n");
        AssertRefused(good with { Certificate = _folder["none.pem"] }, "cluster.tls.certificate", "none.pem");
        AssertRefused(good with { Key = _folder["none.key"] }, "cluster.tls.key", "none.key");
        AssertRefused(good with { Ca = _folder["none.pem"] }, "cluster.tls.ca", "none.pem");
        AssertRefused(good with { Certificate = text }, "cluster.tls", "text.pem");
        AssertRefused(good with { Key = _ours.Issue().Key }, "cluster.tls", "private key");
        AssertRefused(good with { Key = null }, "cluster.tls", "private key");
        AssertRefused(good with { Ca = text }, "cluster.tls.ca", "text.pem");
        AssertRefused(good with { Ca = good.Certificate }, "cluster.tls.ca", "authority");
        AssertRefused(good with { Ca = _foreign.Ca }, "cluster.tls.certificate", "cluster.tls.ca");
        AssertRefused(encrypted with { PasswordFile = null }, "cluster.tls", "passwordFile");
        File.WriteAllText(encrypted.PasswordFile!, "another\n");
        AssertRefused(encrypted, "cluster.tls", "private key");
        AssertRefused(_ours.Issue(clientOnly: true), "cluster.tls.certificate", "cluster.tls.ca");
    }

    [Fact]
    public void An_expired_certificate_is_refused_with_its_date()
    {
        TlsOptions short_ = _ours.Issue(until: new DateTimeOffset(2024, 3, 1, 12, 0, 0, TimeSpan.Zero));
        AssertRefused(short_, "expired on 2024-03-01");
    }

    [Fact]
    public void A_configuration_needs_both_certificate_and_authority()
    {
        ConfigurationException refused = Assert.Throws<ConfigurationException>(() =>
            StarlingConfiguration.Read("configs/tiny.json", ["cluster.tls.certificate=node.pem"]));
        Assert.Contains("cluster.tls.ca", refused.Message);
        refused = Assert.Throws<ConfigurationException>(() =>
            StarlingConfiguration.Read("configs/tiny.json", ["cluster.tls.key=node.key"]));
        Assert.Contains("cluster.tls.key", refused.Message);
    }

    public void Dispose()
    {
        foreach (IDisposable open in _open) open.Dispose();
        _ours.Dispose();
        _foreign.Dispose();
        _folder.Dispose();
    }

    private TlsNode Start(TlsOptions? options)
    {
        RemoteTls? tls = options is null ? null : RemoteTls.Open(options, TimeProvider.System);
        if (tls is not null) _open.Add(tls);
        return new TlsNode(tls);
    }

    private static void AssertRefused(TlsOptions options, params string[] parts)
    {
        string message = Assert.Throws<StarlingException>(() => RemoteTls.Open(options, TimeProvider.System)).Message;
        Assert.DoesNotContain('\n', message);
        Assert.All(parts, part => Assert.Contains(part, message));
    }

    private static async Task AssertRefused(TlsNode client, string path, Task refused)
    {
        Task<ActorIdentity> answer = client.System.ActorSelection(path)
            .Ask<ActorIdentity>(new Identify(1), Timeout, TestContext.Current.CancellationToken);
        await refused.WaitAsync(Timeout, TestContext.Current.CancellationToken);
        // Akka itself answers for an actor that cannot be reached: nobody.
        Assert.True(!answer.IsCompletedSuccessfully || (await answer).Subject is null);
    }
}
