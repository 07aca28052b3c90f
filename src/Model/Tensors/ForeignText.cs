using System.Text;

namespace Starling.Model.Tensors;

/// <summary>
/// Names out of files that others made, on their way to a terminal: a hostile file must not write there what it likes.
/// </summary>
internal static class ForeignText
{
    private const int MostCharacters = 200, MostNames = 5;

    /// <summary>The text on one line, without control characters, cut where it becomes too long.</summary>
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

    /// <summary>The first few of many names.</summary>
    internal static string List(IReadOnlyCollection<string> names, string separator = ", ") =>
        string.Join(separator, names.Take(MostNames).Select(Clean)) + (names.Count > MostNames ? $"{separator}…" : "");
}
