namespace Starling.Actors.Configuration;

/// <summary>
/// Section <c>cluster.tls</c>. With a certificate, nodes talk over TLS, and only to nodes whose certificate comes from
/// the same authority. All files are PEM.
/// </summary>
public sealed record TlsOptions
{
    /// <summary>
    /// File with the node's certificate and the certificates between it and the authority's; <c>null</c> for no
    /// encryption.
    /// </summary>
    public string? Certificate { get; init; }

    /// <summary>File with the certificate's private key; <c>null</c> if the certificate's file has it.</summary>
    public string? Key { get; init; }

    /// <summary>
    /// File with the key's password; <c>null</c> if the key is not encrypted. The password is not in the configuration
    /// itself, because the configuration is stored with every checkpoint.
    /// </summary>
    public string? PasswordFile { get; init; }

    /// <summary>
    /// File with the certificates of the authorities. Certificates of nodes that come from other authorities are
    /// refused.
    /// </summary>
    public string? Ca { get; init; }
}
