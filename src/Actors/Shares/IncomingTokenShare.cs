using Starling.Actors.Protocol;

namespace Starling.Actors.Shares;

/// <summary>
/// Collects the parts of a share of tokens until all have arrived. If two loaders were asked, parts of both may be
/// mixed, because they have the same bytes.
/// </summary>
internal sealed class IncomingTokenShare(LoaderProtocol.LoadedTokens first)
{
    private readonly LoaderProtocol.LoadedTokens?[] _parts = new LoaderProtocol.LoadedTokens?[first.Parts];
    private int _missing = first.Parts;

    /// <summary>Adds a part. A part whose sizes differ from those of the first one is ignored.</summary>
    /// <returns>The share if it is complete now, else null.</returns>
    public TokenShare? Add(LoaderProtocol.LoadedTokens part)
    {
        if ((part.Parts, part.Views, part.Tokens) != (first.Parts, first.Views, first.Tokens)) return null;
        if (_parts[part.Part] is null) _missing--;
        _parts[part.Part] = part;
        return _missing == 0 ? TokenParts.Join(_parts!) : null;
    }
}
