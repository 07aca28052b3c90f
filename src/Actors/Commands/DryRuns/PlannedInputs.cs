using Starling.Actors.Configuration;
using Starling.Data;
using Starling.Data.Batches;
using Starling.Data.Shards;

namespace Starling.Actors.Commands.DryRuns;

/// <summary>
/// What a plan has to know of data and tokenizer: from the files, or, where there are none and the configuration says
/// what it expects of them, from that. A plan for a cluster can so be made on a machine without the data.
/// </summary>
/// <param name="Pictures">Samples of the data set.</param>
/// <param name="Classes">Its classes.</param>
/// <param name="StepsPerEpoch">Steps in one pass over the training split.</param>
/// <param name="Tokenizer">The tokenizer's size.</param>
/// <param name="Absent">What was not found, a line each.</param>
internal sealed record PlannedInputs(
    long Pictures, int Classes, long StepsPerEpoch, TokenizerSize Tokenizer, IReadOnlyList<string> Absent)
{
    /// <summary>Reads footers and a header.</summary>
    /// <exception cref="StarlingException">
    /// Something is damaged, unexpected, or missing without anything to go by instead.
    /// </exception>
    public static PlannedInputs Of(StarlingOptions options)
    {
        List<string> absent = [];
        TokenizerSize tokenizer = OfTokenizer(options.Tokenizer, absent);
        DataOptions data = options.Data;
        if (data is { ExpectedPictures: { } pictures, ExpectedClasses: { } classes } && !DataFiles.AnyExists(data.Files))
        {
            options.ToBatchOptions().Validate();
            absent.Add($"data.files = {string.Join(", ", data.Files)}: not found here; " +
                "counted with data.expectedPictures and data.expectedClasses");
            // Which pictures are held out is drawn for each: the exact number may differ by a few.
            long trained = pictures - (long)(pictures * data.HoldOut);
            return new PlannedInputs(pictures, classes, trained / options.Training.GlobalBatch, tokenizer, absent);
        }
        ShardIndex index = DataFiles.Open(data);
        long steps = new BatchFactory(index, options.ToBatchOptions()).Order.StepsPerEpoch;
        return new PlannedInputs(index.TotalRows, index.ClassNames.Count, steps, tokenizer, absent);
    }

    private static TokenizerSize OfTokenizer(TokenizerOptions options, List<string> absent)
    {
        bool found = options.Path == DataOptions.Embedded || File.Exists(options.Path);
        if (found || options is not { ExpectedCodes: { } codes, ExpectedDownscale: { } downscale })
            return TokenizerSize.Read(options);
        absent.Add($"tokenizer.path = {options.Path}: not found here; " +
            "counted with tokenizer.expectedCodes and tokenizer.expectedDownscale");
        return new TokenizerSize(codes, downscale);
    }
}
