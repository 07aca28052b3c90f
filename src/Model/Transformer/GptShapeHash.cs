using System.Globalization;
using System.Text;
using Starling.Data;
using Starling.Model.Parameters;

namespace Starling.Model.Transformer;

/// <summary>
/// The hash by which a checkpoint tells which transformer its weights belong to: SHA-256 of a text that lists the
/// numbers of a <see cref="GptShape"/> and its parameters. The text is written here field by field, so it depends
/// neither on the names of C# types nor on the machine's culture.
/// </summary>
public static class GptShapeHash
{
    /// <summary>Computes the hash of a shape: 64 lower-case hexadecimal digits.</summary>
    public static string Of(GptShape shape) => Sha256.HexOf(Text(shape));

    /// <summary>
    /// Computes the hashes that version 0.1 may have written for a shape. That version hashed the text that .NET prints
    /// of a record in the machine's culture: some cultures write a comma in 1.5, and U+2212 for the hyphen in 1E-05.
    /// </summary>
    public static IReadOnlyList<string> Earlier(GptShape shape) =>
    [
        .. from point in (string[])[".", ","]
           from minus in (string[])["-", "\u2212"]
           select Sha256.HexOf(EarlierText(shape,
               new NumberFormatInfo { NumberDecimalSeparator = point, NegativeSign = minus })),
    ];

    /// <summary>
    /// Writes the text that is hashed, in UTF-8 with line feeds: a line with the version of the text's form, a line for
    /// each number, and a line for each parameter in the order of the layout. If the form changes, it needs a new
    /// version, and <see cref="Earlier"/> has to compute the old form too.
    /// </summary>
    internal static string Text(GptShape shape)
    {
        StringBuilder text = new();
        IFormatProvider invariant = CultureInfo.InvariantCulture;
        text.Append("starling transformer 2\n");
        text.Append(invariant, $"dim {shape.Dim}\nlayers {shape.Layers}\nheads {shape.Heads}\n");
        text.Append(invariant, $"vocabulary {shape.Vocabulary}\ntokens {shape.Tokens}\nclasses {shape.Classes}\n");
        text.Append(invariant, $"ffn_multiple {shape.FfnMultiple}\n");
        text.Append(invariant, $"norm_epsilon {shape.NormEpsilon:R}\nrope_base {shape.RopeBase:R}\n");
        foreach (ParameterShape parameter in shape.Layout.Parameters)
            text.Append(invariant, $"{parameter.Name} {string.Join('x', parameter.Shape)}\n");
        return text.ToString();
    }

    private static string EarlierText(GptShape s, NumberFormatInfo numbers) => string.Create(numbers,
        $"GptShape {{ Dim = {s.Dim}, Layers = {s.Layers}, Heads = {s.Heads}, Vocabulary = {s.Vocabulary}, " +
        $"Tokens = {s.Tokens}, Classes = {s.Classes}, FfnMultiple = {s.FfnMultiple}, " +
        $"NormEpsilon = {s.NormEpsilon}, RopeBase = {s.RopeBase}, HeadDim = {s.HeadDim}, " +
        $"FfnHidden = {s.FfnHidden}, Grid = {s.Grid}, NullClass = {s.NullClass}, " +
        $"ForwardFlops = {s.ForwardFlops}, Layout = Starling.Model.Parameters.ParameterLayout }}");
}
