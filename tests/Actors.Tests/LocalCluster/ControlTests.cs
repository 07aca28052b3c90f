using Starling.Actors.LocalCluster;
using Starling.Actors.Tests.Support;
using Starling.Data;

namespace Starling.Actors.Tests.LocalCluster;

public sealed class ControlTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_order_is_answered_and_another_one_after_it()
    {
        await using ControlServer server = Serve(order => $"ok did {order}");
        Assert.Equal("did kill trainer-1", await AskAsync("kill trainer-1"));
        Assert.Equal("did add trainer", await AskAsync("add trainer"));
    }

    [Fact]
    public async Task A_refusal_is_the_user_s_mistake()
    {
        await using ControlServer server = Serve(_ => "error there is no member x");
        Assert.Equal("there is no member x",
            (await Assert.ThrowsAsync<StarlingException>(() => AskAsync("kill x"))).Message);
    }

    [Fact]
    public async Task Without_a_cluster_there_is_one_clear_error()
    {
        StarlingException e = await Assert.ThrowsAsync<StarlingException>(() => AskAsync("kill x"));
        Assert.Contains(_folder.Path, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_socket_goes_with_the_server_and_one_of_a_killed_server_is_no_obstacle()
    {
        string path = ControlPath.Of(_folder.Path);
        File.WriteAllText(path, "");
        await using (Serve(_ => "ok")) Assert.True(File.Exists(path));
        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task A_folder_whose_path_is_too_long_for_a_socket_has_it_elsewhere()
    {
        string deep = _folder[new string('d', 200)];
        string path = ControlPath.Of(deep);
        Assert.InRange(path.Length, 1, 100);
        Assert.NotEqual(path, ControlPath.Of(deep + "x"));
        await using (new ControlServer(path, _ => Task.FromResult("ok yes")))
            Assert.Equal("yes", await ControlClient.AskAsync(deep, "?", TestContext.Current.CancellationToken));
        Assert.False(File.Exists(path));
    }

    private ControlServer Serve(Func<string, string> answer) =>
        new(ControlPath.Of(_folder.Path), order => Task.FromResult(answer(order)));

    private Task<string> AskAsync(string order) =>
        ControlClient.AskAsync(_folder.Path, order, TestContext.Current.CancellationToken);
}
