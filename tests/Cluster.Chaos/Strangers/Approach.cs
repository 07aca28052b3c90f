namespace Starling.Cluster.Chaos.Strangers;

/// <summary>What a stranger does with a connection.</summary>
internal enum Approach
{
    /// <summary>Sends the words of the visit, if there are any, and reads nothing.</summary>
    Words,

    /// <summary>Makes a whole TLS handshake without a certificate.</summary>
    NoCertificate,

    /// <summary>Makes a whole TLS handshake with a certificate that the cluster's key has not signed.</summary>
    OwnCertificate,
}
