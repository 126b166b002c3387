using System.Diagnostics.CodeAnalysis;

namespace OpsMantik.Core.Vault;

/// <summary>What opening a sealed credential gave: the credential, or the fault.</summary>
public readonly record struct VaultOpening(OpenedCredential? Credential, VaultFault? Fault)
{
    [MemberNotNullWhen(true, nameof(Credential))]
    [MemberNotNullWhen(false, nameof(Fault))]
    public bool Opened => Credential is not null;
}
