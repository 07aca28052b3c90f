using Starling.Actors.Configuration;
using Starling.Actors.Runs;
using Starling.Data;
using Starling.Data.Batches;
using Starling.Data.Shards;

namespace Starling.Actors.Commands.Train;

/// <summary>
/// The sizes of data and tokenizer that a dry run needs. They come from the files. If the files are missing and the
/// configuration says what it expects of them, they come from the configuration, so that a cluster's run can be planned
/// on a machine without the data.
/// </summary>
/// <param name="Images">Number of samples in the data set.</param>
/// <param name="Classes">Number of classes in the data set.</param>
/// <param name="StepsPerEpoch">Number of steps in one pass over the training split.</param>
/// <param name="Tokenizer">The tokenizer's size.</param>
/// <param name="DataFingerprint">Fingerprint of the data set; null if the files were not found.</param>
/// <param name="Absent">A line for each thing that was not found.</param>
internal sealed record PlannedInputs(
    long Images, int Classes, long StepsPerEpoch, TokenizerSize Tokenizer, string? DataFingerprint,
    IReadOnlyList<string> Absent)
{
    /// <summary>Reads the footers and the labels of the shards and the header of the tokenizer's file.</summary>
    /// <exception cref="StarlingException">
    /// A file is damaged or differs from what the configuration expects; or it is missing and the configuration does
    /// not say what it expects.
    /// </exception>
    public static PlannedInputs Of(StarlingOptions options)
    {
        List<string> absent = [];
        (long images, int classes, long steps, string? fingerprint) = OfData(options, absent);
        return new PlannedInputs(
            images, classes, steps, OfTokenizer(options.Tokenizer, absent), fingerprint, absent);
    }

    private static (long Images, int Classes, long StepsPerEpoch, string? Fingerprint) OfData(
        StarlingOptions options, List<string> absent)
    {
        DataOptions data = options.Data;
        BatchOptions batches = options.ToBatchOptions();
        if (DataFiles.AnyExists(data.Files) ||
            data is not { ExpectedImages: { } images, ExpectedClasses: { } classes })
        {
            ShardIndex index = DataFiles.Open(data);
            long stepsPerEpoch = new BatchFactory(index, batches).Order.StepsPerEpoch;
            return (index.TotalRows, index.ClassNames.Count, stepsPerEpoch, index.Fingerprint);
        }
        batches.Validate();
        absent.Add($"data.files = {string.Join(", ", data.Files)}: not found here; " +
            "counted with data.expectedImages and data.expectedClasses");
        // The program draws for each image whether it is held out, so that the true number may differ a little.
        long trained = images - (long)(images * data.HoldOut);
        return (images, classes, trained / batches.GlobalBatch, null);
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
