using System.Text.Json;
using Starling.Actors.Protocol;
using Starling.Actors.Tests.Support;
using Starling.Model.Checkpoints;
using Starling.Model.Snapshots;
using Starling.Model.Tensors;
using TorchSharp;

namespace Starling.Actors.Tests.Commands.Checkpoints;

public sealed class CheckpointCommandTests : IDisposable
{
    private readonly CommandRunner _runner = new();
    private readonly TestFolder _run = new();

    public CheckpointCommandTests()
    {
        Save(5);
        Save(10);
    }

    public void Dispose() => _run.Dispose();

    private string Newest => _run[Path.Combine("checkpoints", "10")];

    [Fact]
    public async Task Hash_of_a_run_is_its_newest_ones_alone_on_the_last_line()
    {
        Assert.Equal(ExitCodes.Success, await _runner.RunAsync("checkpoint", "hash", _run.Path));
        string hash = _runner.OutputLines[^1];
        Assert.Matches("^[0-9a-f]{64}$", hash);

        var other = new CommandRunner();
        Assert.Equal(ExitCodes.Success, await other.RunAsync("checkpoint", "hash", Newest));
        Assert.Equal(hash, other.OutputLines[^1]);
    }

    [Fact]
    public async Task List_names_every_checkpoint_of_a_run()
    {
        Assert.Equal(ExitCodes.Success, await _runner.RunAsync("checkpoint", "list", _run.Path));
        Assert.Equal(2, _runner.OutputLines.Length);
        Assert.EndsWith(Newest, _runner.OutputLines[1]);
    }

    [Fact]
    public async Task Verify_tells_the_intact_from_the_damaged()
    {
        Assert.Equal(ExitCodes.Success, await _runner.RunAsync("checkpoint", "verify", _run.Path));
        Assert.Equal(2, _runner.OutputLines.Count(l => l.EndsWith(": intact", StringComparison.Ordinal)));

        FlipLastByte(Path.Combine(Newest, "student.safetensors"));
        Assert.Equal(ExitCodes.UserError, await _runner.RunAsync("checkpoint", "verify", _run.Path));
        Assert.Contains("student.safetensors", Assert.Single(_runner.ErrorLines));
    }

    [Fact]
    public async Task A_flipped_byte_is_refused_by_hash()
    {
        FlipLastByte(Path.Combine(Newest, "teacher.safetensors"));
        Assert.Equal(ExitCodes.UserError, await _runner.RunAsync("checkpoint", "hash", _run.Path));
        Assert.Contains("teacher.safetensors", Assert.Single(_runner.ErrorLines));
    }

    [Fact]
    public async Task A_folder_without_checkpoints_is_refused()
    {
        using var empty = new TestFolder();
        Assert.Equal(ExitCodes.UserError, await _runner.RunAsync("checkpoint", "list", empty.Path));
        Assert.Contains("holds no checkpoint", Assert.Single(_runner.ErrorLines));
    }

    private static void FlipLastByte(string file)
    {
        byte[] bytes = File.ReadAllBytes(file);
        bytes[^1] ^= 1;
        File.WriteAllBytes(file, bytes);
    }

    private void Save(long step)
    {
        byte[] bytes = [.. BitConverter.GetBytes((float)step), .. BitConverter.GetBytes(0.5f)];
        HostTensor[] tensors = [new HostTensor("w", torch.ScalarType.Float32, [2], bytes)];
        using var snapshot = new CheckpointSnapshot(step, 1, tensors, tensors, [], tensors);
        var description = new RunDescription("r", JsonSerializer.SerializeToElement(new { seed = 0 }), "m", "d", "t");
        new CheckpointWriter(new CheckpointStore(CheckpointPaths.Of(_run.Path)), TimeProvider.System)
            .Write(snapshot, description, new Dictionary<string, double>());
    }
}
