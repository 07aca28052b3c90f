using System.Buffers.Binary;
using Starling.Actors.Reporting;
using Starling.Actors.Tests.Support;
using Tensorboard;

namespace Starling.Actors.Tests.Reporting;

public sealed class TensorBoardLogTests
{
    [Fact]
    public void Scalars_land_in_an_event_file_with_their_steps()
    {
        using var folder = new TestFolder();
        var log = new TensorBoardLog(folder["tensorboard"]);
        log.Scalar("loss/total", 6.5, 1);
        log.Scalar("loss/total", 6.25, 2);
        string file = Assert.Single(Directory.GetFiles(folder["tensorboard"], "*tfevents*"));
        Assert.Equal([("loss/total", 6.5f, 1L), ("loss/total", 6.25f, 2L)], Scalars(File.ReadAllBytes(file)));
    }

    /// <summary>
    /// Reads TFRecords: the length of the data (8 bytes, little-endian), its checksum (4), the data, and the data's
    /// checksum (4). The data is an event as a protocol buffer.
    /// </summary>
    private static IEnumerable<(string Tag, float Value, long Step)> Scalars(byte[] records)
    {
        for (int at = 0; at < records.Length;)
        {
            int length = (int)BinaryPrimitives.ReadInt64LittleEndian(records.AsSpan(at));
            Event read = Event.Parser.ParseFrom(records, at + 12, length);
            at += 12 + length + 4;
            foreach (Summary.Types.Value value in read.Summary?.Value ?? [])
                yield return (value.Tag, value.SimpleValue, read.Step);
        }
    }
}
