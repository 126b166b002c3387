namespace OpsMantik.Local.GoogleEmulator.DataManager;

/// <summary>What Google refuses at once: one bad field fails the whole request.</summary>
internal static class RequestChecks
{
    private const int MaxEvents = 2_000;
    private const int MaxDestinations = 10;

    public static Fault? Find(IngestRequest request, DataManagerSettings settings)
    {
        FieldChecks checks = new();
        CheckDestinations(request.Destinations, checks);
        if (request.Events.Count == 0)
            checks.Add("events", "REQUIRED_FIELD_MISSING");
        else if (request.Events.Count > MaxEvents)
            checks.Add("events", "TOO_MANY_EVENTS");

        EventChecks events = new(request, checks);
        events.CheckConsent("consent", request.Consent);
        if (request.Events.Count <= MaxEvents)
            for (var i = 0; i < request.Events.Count; i++)
                events.Check(settings.NestedEventPaths ? $"events.events[{i}]" : $"events[{i}]", request.Events[i]);

        if (checks.Violations.Count > 0)
            return Fault.Invalid(checks.Violations);
        return request.Events.Select(e => ScriptedRule.Mute(e.AdIdentifiers!.Clicks[0].Value))
            .FirstOrDefault(reason => reason is not null) is { } mute ? Fault.Invalid(mute) : null;
    }

    private static void CheckDestinations(IReadOnlyList<Destination> destinations, FieldChecks checks)
    {
        if (destinations.Count == 0)
            checks.Add("destinations", "REQUIRED_FIELD_MISSING");
        if (destinations.Count > MaxDestinations)
            checks.Add("destinations", "TOO_MANY_DESTINATIONS");
        if (destinations.Count > 1 && destinations.DistinctBy(d => d.Reference).Count() < destinations.Count)
            checks.Add("destinations", "DUPLICATE_DESTINATION_REFERENCE");

        for (var i = 0; i < destinations.Count; i++)
        {
            var (at, destination) = ($"destinations[{i}]", destinations[i]);
            if (checks.Require($"{at}.operating_account", destination.OperatingAccount))
                CheckAccount($"{at}.operating_account", destination.OperatingAccount, checks);
            if (destination.LoginAccount is { } login)
                CheckAccount($"{at}.login_account", login, checks);
            if (checks.Require($"{at}.product_destination_id", destination.ProductDestinationId)
                && !destination.ProductDestinationId.All(char.IsAsciiDigit))
                checks.Add($"{at}.product_destination_id", "INVALID_CONVERSION_ACTION_ID");
        }
    }

    private static void CheckAccount(string at, ProductAccount account, FieldChecks checks)
    {
        if (checks.Require($"{at}.account_type", account.AccountType) && account.AccountType != "GOOGLE_ADS")
            checks.Add($"{at}.account_type", "INVALID_ENUM_VALUE");
        if (!checks.Require($"{at}.account_id", account.AccountId))
            return;
        if (!account.AccountId.All(char.IsAsciiDigit))
            checks.Add($"{at}.account_id", "INVALID_NUMBER_FORMAT");
        else if (account.AccountId.Length != 10)
            checks.Add($"{at}.account_id", "INVALID_DESTINATION");
    }
}
