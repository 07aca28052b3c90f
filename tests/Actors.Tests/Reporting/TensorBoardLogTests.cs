using System.Text;
using Starling.Actors.Reporting;
using Starling.Actors.Tests.Support;

namespace Starling.Actors.Tests.Reporting;

public sealed class TensorBoardLogTests
{
    [Fact]
    public void Scalars_land_in_an_event_file()
    {
        using var folder = new TestFolder();
        var log = new TensorBoardLog(folder["tensorboard"]);
        log.Scalar("loss/total", 6.5, 1);
        log.Scalar("loss/total", 6.25, 2);
        string file = Assert.Single(Directory.GetFiles(folder["tensorboard"], "*tfevents*"));
        Assert.Contains("loss/total", Encoding.Latin1.GetString(File.ReadAllBytes(file)));
    }
}
