using System.Text;
using Starling.Data;
using Starling.Model.Checkpoints;
using Starling.Model.Snapshots;

namespace Starling.Model.Tests.Checkpoints;

public sealed class DamageTests : IDisposable
{
    private readonly TestRun _run = new();

    public DamageTests()
    {
        _run.Write(TestRun.State(100, seed: 1));
        _run.Write(TestRun.State(200, seed: 2));
    }

    public static TheoryData<string> Files =>
        [.. CheckpointParts.All.Select(p => p.FileName()), CheckpointManifest.FileName];

    private string Newest => Path.Combine(_run.Checkpoints, "200");

    public void Dispose() => _run.Dispose();

    [Theory]
    [MemberData(nameof(Files))]
    public void A_flipped_bit_in_any_byte_is_found(string file)
    {
        byte[] good = File.ReadAllBytes(PathOf(file));
        for (int at = 0; at < good.Length; at++)
        {
            byte[] bad = [.. good];
            bad[at] ^= (byte)(1 << (at % 8));
            File.WriteAllBytes(PathOf(file), bad);
            DamagedCheckpointException e = Assert.Throws<DamagedCheckpointException>(() => _run.Store.Load(200));
            Assert.StartsWith(file, Assert.Single(e.Problems), StringComparison.Ordinal);
            if (at % 8 == 0) Assert.Equal(e.Problems, _run.Store.Verify(200));
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Truncation_at_any_length_is_found(string file)
    {
        byte[] good = File.ReadAllBytes(PathOf(file));
        for (int length = 0; length < good.Length; length += 7)
        {
            File.WriteAllBytes(PathOf(file), good[..length]);
            Assert.Throws<DamagedCheckpointException>(() => _run.Store.Load(200));
        }
        File.WriteAllBytes(PathOf(file), [.. good, 0]);
        Assert.Throws<DamagedCheckpointException>(() => _run.Store.Load(200));
    }

    /// <summary>
    /// The state must not go back to an older one because the disk failed for a moment. A link to itself is there, and
    /// cannot be read.
    /// </summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_that_the_disk_does_not_give_is_not_taken_for_damaged(string file)
    {
        byte[] good = File.ReadAllBytes(PathOf(file));
        File.Delete(PathOf(file));
        File.CreateSymbolicLink(PathOf(file), PathOf(file));
        StarlingException e = Assert.Throws<StarlingException>(() => _run.Store.LoadNewestGood(_ => { }));
        Assert.Equal(FaultScope.Node, e.Scope);
        Assert.Contains(file, e.Message);
        Assert.Contains(file, Assert.Single(_run.Store.Verify(200)));

        File.Delete(PathOf(file));
        File.WriteAllBytes(PathOf(file), good);
        Assert.Equal(200, _run.Store.LoadNewestGood(_ => { })!.State.Step);
    }

    [Fact]
    public void A_folder_that_the_disk_does_not_list_is_not_taken_for_empty()
    {
        Directory.Delete(_run.Checkpoints, recursive: true);
        Directory.CreateSymbolicLink(_run.Checkpoints, _run.Checkpoints);
        StarlingException e = Assert.Throws<StarlingException>(() => _run.Store.LoadNewestGood(_ => { }));
        Assert.Equal(FaultScope.Node, e.Scope);
        File.Delete(_run.Checkpoints);
        Assert.Null(_run.Store.LoadNewestGood(_ => { }));
    }

    /// <summary>An array holds less than 2 GiB. The file takes no room on the disk.</summary>
    [Fact]
    public void A_tensor_that_no_array_holds_is_named_instead_of_overflowing()
    {
        const string name = "student.safetensors";
        const long bytes = (1L << 31) + 64;
        byte[] header = Encoding.UTF8.GetBytes(
            $$"""{"big": {"dtype": "U8", "shape": [{{bytes}}], "data_offsets": [0, {{bytes}}]} }""");
        string folder = Path.Combine(_run.Checkpoints, "200");
        using (FileStream file = File.Create(Path.Combine(folder, name)))
        {
            file.Write(BitConverter.GetBytes((long)header.Length));
            file.Write(header);
            file.SetLength(8 + header.Length + bytes);
        }
        CheckpointFile expected = new(name, 8 + header.Length + bytes, Sha256.HexOf(""));
        string? problem = PartFile.Read(folder, expected, length => new byte[length], _ => { });
        Assert.StartsWith(name, problem, StringComparison.Ordinal);
        // With the right hash the size is what is wrong.
        string actual = problem!.Split(' ')[3];
        problem = PartFile.Read(folder, expected with { Sha256 = actual }, length => new byte[length], _ => { });
        Assert.Contains("has a tensor 'big' of 2147483712 bytes", problem, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void The_newest_intact_checkpoint_is_loaded_past_a_damaged_one_and_the_damage_named(string file)
    {
        File.Delete(PathOf(file));
        List<string> reports = [];
        Assert.Equal(StateHash.Of(TestRun.State(100, seed: 1)), _run.NewestGood(reports));
        string report = Assert.Single(reports);
        Assert.Contains(Newest, report, StringComparison.Ordinal);
        Assert.Contains($"{file} is missing", report, StringComparison.Ordinal);
    }

    [Fact]
    public void Swapped_files_are_found()
    {
        File.Move(PathOf("student.safetensors"), PathOf("x"));
        File.Move(PathOf("teacher.safetensors"), PathOf("student.safetensors"));
        File.Move(PathOf("x"), PathOf("teacher.safetensors"));
        Assert.Equal(2, _run.Store.Verify(200).Count);
        Assert.Equal(StateHash.Of(TestRun.State(100, seed: 1)), _run.NewestGood());
    }

    [Fact]
    public void A_file_of_another_checkpoint_is_found()
    {
        File.Copy(Path.Combine(_run.Checkpoints, "100", "optimizer.safetensors"), PathOf("optimizer.safetensors"),
            overwrite: true);
        Assert.Contains("optimizer.safetensors has SHA-256", Assert.Single(_run.Store.Verify(200)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_under_the_name_of_another_step_is_found()
    {
        Directory.Move(Newest, Path.Combine(_run.Checkpoints, "300"));
        Assert.Contains("step 300", Assert.Single(_run.Store.Verify(300)), StringComparison.Ordinal);
        Assert.Equal(StateHash.Of(TestRun.State(100, seed: 1)), _run.NewestGood());
    }

    [Fact]
    public void When_all_are_damaged_the_run_does_not_silently_start_anew()
    {
        foreach (string step in (string[])["100", "200"])
            File.Delete(Path.Combine(_run.Checkpoints, step, "manifest.json"));
        List<string> reports = [];
        StarlingException e = Assert.Throws<StarlingException>(() => _run.NewestGood(reports));
        Assert.Contains("all 2 checkpoints", e.Message, StringComparison.Ordinal);
        Assert.Equal(2, reports.Count);
    }

    [Fact]
    public void A_newer_format_is_refused_rather_than_passed_over()
    {
        CheckpointManifest manifest = ManifestFile.Read(Newest);
        File.WriteAllBytes(PathOf("manifest.json"), ManifestFile.ToBytes(manifest with { FormatVersion = 2 }));
        StarlingException e = Assert.Throws<StarlingException>(() => _run.NewestGood());
        Assert.Contains("format 2", e.Message, StringComparison.Ordinal);
        Assert.Contains("newer version", e.Message, StringComparison.Ordinal);
        Assert.Contains("format 2", Assert.Single(_run.Store.Verify(200)), StringComparison.Ordinal);
        Assert.Null(_run.Store.List()[1].Manifest);
    }

    [Theory]
    [InlineData("../100/student.safetensors")]
    [InlineData("student.safetensors")]
    [InlineData("notes.txt")]
    public void A_manifest_that_lists_other_files_than_the_known_ones_is_refused(string name)
    {
        CheckpointManifest manifest = ManifestFile.Read(Newest);
        File.WriteAllBytes(PathOf("manifest.json"),
            ManifestFile.ToBytes(manifest with { Files = [.. manifest.Files, new CheckpointFile(name, 1, "00")] }));
        Assert.Contains("does not describe a checkpoint", Assert.Single(_run.Store.Verify(200)),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"formatVersion": 1}""")]
    [InlineData("""{"formatVersion": "1", "manifestSha256": ""}""")]
    [InlineData("""{"formatVersion": 9, "manifestSha256": null}""")]
    public void What_is_no_manifest_is_one_clear_problem(string text)
    {
        File.WriteAllText(PathOf("manifest.json"), text, Encoding.UTF8);
        Assert.StartsWith("manifest.json", Assert.Single(_run.Store.Verify(200)), StringComparison.Ordinal);
    }

    [Fact]
    public void Intact_files_of_a_state_that_is_not_the_manifests_are_found()
    {
        CheckpointManifest manifest = ManifestFile.Read(Newest);
        File.WriteAllBytes(PathOf("manifest.json"),
            ManifestFile.ToBytes(manifest with { StateHash = new string('a', 64) }));
        Assert.Contains("state's hash", Assert.Single(_run.Store.Verify(200)), StringComparison.Ordinal);
    }

    private string PathOf(string file) => Path.Combine(Newest, file);
}
