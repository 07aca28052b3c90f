using Starling.Model.Import;

namespace Starling.Actors.Commands.Checkpoints;

/// <summary>Tells what was imported, and what was not.</summary>
internal static class ImportReport
{
    private const int MostNames = 8;

    /// <summary>A line for the network, then one for each thing that was found, assumed or left behind.</summary>
    public static void Write(TextWriter output, string file, string network, ImportSource source)
    {
        output.WriteLine($"{file}: {network}");
        if (source.Container.Length > 0) output.WriteLine($"  taken from    '{source.Container}'");
        Row("also there", source.Others);
        Row("assumed", source.Assumptions);
        Row("left out", source.Buffers);
        Row("not executed", source.Placeholders);

        void Row(string title, IReadOnlyList<string> names)
        {
            if (names.Count == 0) return;
            string more = names.Count > MostNames ? $", and {names.Count - MostNames} more" : "";
            output.WriteLine($"  {title,-13} {string.Join(", ", names.Take(MostNames))}{more}");
        }
    }
}
