namespace OpsMantik.Core.Providers.DataManager;

/// <summary>
/// The order id as Data Manager takes it. Google refuses purely numeric transaction ids (which its <c>validateOnly</c>
/// does not notice), so those get a prefix. The same order id always gives the same transaction id: it is the identity
/// by which Google recognises a second sending.
/// </summary>
internal static class TransactionIds
{
    public const string NumericPrefix = "om-";

    public static string For(string orderId) => orderId.All(char.IsDigit) ? NumericPrefix + orderId : orderId;
}
