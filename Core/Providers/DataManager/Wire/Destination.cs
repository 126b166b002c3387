namespace OpsMantik.Core.Providers.DataManager.Wire;

/// <summary>Where events go.</summary>
/// <param name="Reference">The name by which events choose it.</param>
/// <param name="LoginAccount">The manager through which access goes, if any.</param>
/// <param name="OperatingAccount">The account that owns the conversion action.</param>
/// <param name="ProductDestinationId">The conversion action's id.</param>
internal sealed record Destination(
    string Reference, ProductAccount? LoginAccount, ProductAccount OperatingAccount, string ProductDestinationId);
