using System.CommandLine;

namespace OpsMantik.Cli.Credentials;

/// <summary><c>opsmantik credentials</c>: the production path for a site's credentials.</summary>
internal static class CredentialsCommand
{
    public static Command Create() => new("credentials", "Stores, lists and re-seals the credentials of sites.")
    {
        SetCommand.Create(),
        ShowCommand.Create(),
        ListCommand.Create(),
        RotateKeyCommand.Create(),
    };
}
