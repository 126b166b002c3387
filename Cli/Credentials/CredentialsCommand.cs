using System.CommandLine;

namespace OpsMantik.Cli.Credentials;

/// <summary><c>opsmantik credentials</c>: the production path for a site's credentials.</summary>
internal static class CredentialsCommand
{
    public static Command Create() => new("credentials", "Stores, tries, lists and re-seals the credentials of sites.")
    {
        SetCommand.Create(),
        ShowCommand.Create(),
        VerifyCommand.Create(),
        ListCommand.Create(),
        RotateKeyCommand.Create(),
    };
}
