using System.Text;

namespace Starling.Model.Tensors;

/// <summary>
/// Makes texts from foreign files safe to print. A hostile file could otherwise send control sequences to the terminal.
/// </summary>
internal static class ForeignText
{
    private const int MostCharacters = 200, MostNames = 5;

    /// <summary>Gives the text on one line, without control characters, and cut if it is too long.</summary>
    internal static string Clean(string text)
    {
        StringBuilder clean = new();
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (clean.Length >= MostCharacters) return clean.Append('…').ToString();
            bool visible = Rune.GetUnicodeCategory(rune) is not (System.Globalization.UnicodeCategory.Control or
                System.Globalization.UnicodeCategory.Format or System.Globalization.UnicodeCategory.LineSeparator or
                System.Globalization.UnicodeCategory.ParagraphSeparator);
            clean.Append(visible ? rune.ToString() : "?");
        }
        return clean.ToString();
    }

    /// <summary>Lists the first few names, each made safe.</summary>
    internal static string List(IReadOnlyCollection<string> names, string separator = ", ") =>
        string.Join(separator, names.Take(MostNames).Select(Clean)) + (names.Count > MostNames ? $"{separator}…" : "");
}
