using Microsoft.Extensions.Options;

namespace OpsMantik.Core.Vault;

internal sealed class VaultOptionsValidator : IValidateOptions<VaultOptions>
{
    public ValidateOptionsResult Validate(string? name, VaultOptions options)
    {
        try
        {
            VaultKeyRing.Parse(options.Key, options.PreviousKeys);
            return ValidateOptionsResult.Success;
        }
        catch (VaultKeyException exception)
        {
            return ValidateOptionsResult.Fail(exception.Message);
        }
    }
}
