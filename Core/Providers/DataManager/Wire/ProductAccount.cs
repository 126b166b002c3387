namespace OpsMantik.Core.Providers.DataManager.Wire;

/// <param name="AccountType"><c>GOOGLE_ADS</c>.</param>
/// <param name="AccountId">Digits.</param>
internal sealed record ProductAccount(string AccountType, string AccountId);
