using Starling.Model.Import;

namespace Starling.Actors.Commands.Checkpoints;

/// <summary>Prints what an import read, assumed and left out.</summary>
internal static class ImportReport
{
    private const int MostNames = 8;

    /// <summary>
    /// Prints a line for the network, then a line for each kind of thing that was found, assumed or left out.
    /// </summary>
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
