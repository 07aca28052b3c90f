using Starling.Data.Shards;

namespace Starling.Actors.Tests.Support;

/// <summary>Changes shards so that neither their length nor their footer shows it.</summary>
internal static class ChangedShard
{
    /// <summary>Copies the tiny shards into a folder. Returns the copies' paths.</summary>
    public static string[] Copy(TinyAssets assets, string folder)
    {
        Directory.CreateDirectory(folder);
        string[] copies = [.. assets.Shards.Select(shard => Path.Combine(folder, Path.GetFileName(shard)))];
        foreach ((string shard, string copy) in assets.Shards.Zip(copies)) File.Copy(shard, copy, overwrite: true);
        return copies;
    }

    /// <summary>Gives all rows of a tiny shard the class that lies as far from the other end.</summary>
    public static void ReverseLabels(string path)
    {
        ShardIndex before = ShardIndex.Open([path]);
        ShardRow[] rows = [.. before.RowGroups.Select(group => before.Load(group.Id)).SelectMany(data =>
            Enumerable.Range(0, data.Info.Rows).Select(row => new ShardRow(
                data.Image(row).ToArray(), TinyAssets.Classes - 1 - data.Label(row))))];
        ShardWriter.WriteAsync(path, rows, before.ClassNames, rowsPerGroup: 8).GetAwaiter().GetResult();
        ShardIndex after = ShardIndex.Open([path]);
        Assert.Equal(before.EarlierFingerprint, after.EarlierFingerprint); // else the footer shows it
        Assert.NotEqual(before.Fingerprint, after.Fingerprint);
    }

    /// <summary>
    /// Writes a copy of a tiny shard whose images cannot be read, although its footer and its labels can: the first
    /// image of each row group has an impossible length.
    /// </summary>
    public static void WriteDamaged(TinyAssets assets, string path)
    {
        ShardIndex whole = ShardIndex.Open([assets.Shards[0]]);
        byte[] bytes = File.ReadAllBytes(assets.Shards[0]);
        foreach (RowGroupInfo group in whole.RowGroups)
        {
            int image = bytes.AsSpan().IndexOf(whole.Load(group.Id).Image(0).Span);
            bytes.AsSpan(image - sizeof(int), sizeof(int)).Fill(0x7f);
        }
        File.WriteAllBytes(path, bytes);
        Assert.Equal(whole.Fingerprint, ShardIndex.Open([path]).Fingerprint); // else it is noticed at the start
    }

    /// <summary>Changes one byte of the last image of a row group.</summary>
    public static void ChangeImage(string path, int rowGroup)
    {
        ShardIndex before = ShardIndex.Open([path]);
        RowGroupData data = before.Load(rowGroup);
        ReadOnlySpan<byte> image = data.Image(data.Info.Rows - 1).Span;
        byte[] bytes = File.ReadAllBytes(path);
        bytes[bytes.AsSpan().IndexOf(image) + (image.Length / 2)] ^= 1;
        File.WriteAllBytes(path, bytes);
        Assert.Equal(before.Fingerprint, ShardIndex.Open([path]).Fingerprint); // else it is noticed at the start
    }
}
