namespace Starling.Actors.Configuration;

/// <summary>
/// Section <c>cluster.tls</c>: with a certificate, nodes talk over TLS and only to nodes whose certificate comes from
/// the same authority. All files are PEM.
/// </summary>
public sealed record TlsOptions
{
    /// <summary>
    /// The node's certificate, and those between it and the authority's; <c>null</c> for no encryption.
    /// </summary>
    public string? Certificate { get; init; }

    /// <summary>The certificate's private key; <c>null</c> if it is in the certificate's file.</summary>
    public string? Key { get; init; }

    /// <summary>
    /// A file with the key's password; <c>null</c> if the key is not encrypted. A file, because a configuration is
    /// stored with every checkpoint.
    /// </summary>
    public string? PasswordFile { get; init; }

    /// <summary>The certificates of the authorities that nodes' certificates may come from; none else count.</summary>
    public string? Ca { get; init; }
}
