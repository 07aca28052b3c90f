using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;
using Starling.Actors.LocalCluster;
using Starling.Actors.Tests.Support;
using Starling.Data;

namespace Starling.Actors.Tests.LocalCluster;

public sealed class ControlTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly ManualTimers _time = new();

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
        ControlPath.MakeFolder(path);
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
        await using (new ControlServer(path, _ => Task.FromResult("ok yes"), TimeProvider.System))
            Assert.Equal("yes", await ControlClient.AskAsync(deep, "?", TestContext.Current.CancellationToken));
        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task A_client_that_says_nothing_keeps_no_other_one_waiting_and_is_let_go()
    {
        await using ControlServer server = Serve(order => $"ok did {order}");
        using Socket silent = await ConnectAsync();
        Assert.Equal("did ?", await AskAsync("?"));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, await ReceiveAsync(silent, new byte[100]));
    }

    [Fact]
    public async Task An_order_that_does_not_end_is_refused()
    {
        await using ControlServer server = Serve(order => $"ok did {order}");
        using Socket endless = await ConnectAsync();
        await endless.SendAsync(new byte[2 * ControlServer.LongestOrder]);
        byte[] answer = new byte[100];
        int length = await ReceiveAsync(endless, answer);
        Assert.StartsWith("error an order is a line", Encoding.UTF8.GetString(answer, 0, length));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void What_others_could_have_made_is_neither_served_on_nor_asked()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there are no such modes");
        string path = ControlPath.Of(_folder.Path), folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(path); // in the socket's place, as the case of a stranger who was there before
        Assert.Contains("cannot be made", Assert.Throws<StarlingException>(() => Serve(_ => "ok")).Message);
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute |
            UnixFileMode.OtherWrite);
        Assert.Contains("can be opened by others",
            Assert.Throws<StarlingException>(() => ControlPath.CheckFolder(path)).Message);
    }

    private async Task<Socket> ConnectAsync()
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(ControlPath.Of(_folder.Path)));
        return socket;
    }

    private static Task<int> ReceiveAsync(Socket socket, byte[] bytes) =>
        socket.ReceiveAsync(bytes).WaitAsync(TimeSpan.FromSeconds(60));

    private ControlServer Serve(Func<string, string> answer) =>
        new(ControlPath.Of(_folder.Path), order => Task.FromResult(answer(order)), _time);

    private Task<string> AskAsync(string order) =>
        ControlClient.AskAsync(_folder.Path, order, TestContext.Current.CancellationToken);
}
