using Starling.Actors.Configuration;
using Starling.Actors.Runs;
using Starling.Data;
using Starling.Data.Batches;
using Starling.Data.Shards;

namespace Starling.Actors.Commands.Train;

/// <summary>
/// What a plan has to know of data and tokenizer: from the files, or, where there are none and the configuration says
/// what it expects of them, from that. A plan for a cluster can so be made on a machine without the data.
/// </summary>
/// <param name="Images">Samples of the data set.</param>
/// <param name="Classes">Its classes.</param>
/// <param name="StepsPerEpoch">Steps in one pass over the training split.</param>
/// <param name="Tokenizer">The tokenizer's size.</param>
/// <param name="Absent">What was not found, a line each.</param>
internal sealed record PlannedInputs(
    long Images, int Classes, long StepsPerEpoch, TokenizerSize Tokenizer, IReadOnlyList<string> Absent)
{
    /// <summary>Reads footers and a header.</summary>
    /// <exception cref="StarlingException">
    /// Something is damaged, unexpected, or missing without anything to go by instead.
    /// </exception>
    public static PlannedInputs Of(StarlingOptions options)
    {
        List<string> absent = [];
        (long images, int classes, long steps) = OfData(options, absent);
        return new PlannedInputs(images, classes, steps, OfTokenizer(options.Tokenizer, absent), absent);
    }

    private static (long Images, int Classes, long StepsPerEpoch) OfData(StarlingOptions options, List<string> absent)
    {
        DataOptions data = options.Data;
        BatchOptions batches = options.ToBatchOptions();
        if (DataFiles.AnyExists(data.Files) ||
            data is not { ExpectedImages: { } images, ExpectedClasses: { } classes })
        {
            ShardIndex index = DataFiles.Open(data);
            return (index.TotalRows, index.ClassNames.Count, new BatchFactory(index, batches).Order.StepsPerEpoch);
        }
        batches.Validate();
        absent.Add($"data.files = {string.Join(", ", data.Files)}: not found here; " +
            "counted with data.expectedImages and data.expectedClasses");
        // Which images are held out is drawn for each, so that the exact number may differ by a few.
        long trained = images - (long)(images * data.HoldOut);
        return (images, classes, trained / batches.GlobalBatch);
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
