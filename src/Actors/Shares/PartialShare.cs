using Starling.Actors.Protocol;

namespace Starling.Actors.Shares;

/// <summary>
/// The parts of a share of tokens that have come so far. Parts of two loaders that were both asked may be mixed: they
/// have the same bytes.
/// </summary>
internal sealed class PartialShare(LoaderProtocol.LoadedTokens first)
{
    private readonly LoaderProtocol.LoadedTokens?[] _parts = new LoaderProtocol.LoadedTokens?[first.Parts];
    private int _missing = first.Parts;

    /// <summary>The share, if it is complete with this part; else null.</summary>
    public TokenShare? Add(LoaderProtocol.LoadedTokens part)
    {
        if ((part.Parts, part.Views, part.Tokens) != (first.Parts, first.Views, first.Tokens)) return null;
        if (_parts[part.Part] is null) _missing--;
        _parts[part.Part] = part;
        return _missing == 0 ? TokenParts.Join(_parts!) : null;
    }
}
