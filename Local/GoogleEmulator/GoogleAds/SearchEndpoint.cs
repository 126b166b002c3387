using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace OpsMantik.Local.GoogleEmulator.GoogleAds;

/// <summary><c>POST /{version}/customers/{customerId}/googleAds:search</c>, as far as a preflight and a reconciliation ask.</summary>
internal sealed partial class SearchEndpoint(
    Func<Recording> recording,
    EmulatorSettings settings,
    AccessTokens tokens,
    BehaviourRegistry behaviours,
    BehaviourExecutor executor,
    TimeProvider time)
{
    public async Task HandleAsync(HttpContext context)
    {
        var body = await RequestBody.ReadAsync(context.Request, context.RequestAborted);
        var (request, invalid) = StrictJson.Parse(body, SearchJson.Default.SearchRequest, _ => false);
        var call = new SearchCall
        {
            RequestId = RequestIds.Create(),
            CustomerId = (string)context.Request.RouteValues["customerId"]!,
            ApiVersion = (string)context.Request.RouteValues["version"]!,
            LoginCustomerId = context.Request.Headers["login-customer-id"].FirstOrDefault(),
            Query = request?.Query ?? "",
        };
        var current = recording();
        current.Add(call);
        context.Response.Headers["request-id"] = call.RequestId;
        await executor.AnswerAsync(
            context,
            status => call.Status = status,
            behaviours.Next(call.CustomerId),
            () => Process(call, request, invalid, tokens.Find(context.Request.Headers.Authorization), current),
            behaviour => ErrorWriter.Write(ErrorResponse.ForBehaviour(behaviour), call.ApiVersion, call.RequestId));
    }

    /// <summary><c>GET /{version}/customers:listAccessibleCustomers</c>: the accounts that nobody has to be named for.</summary>
    public async Task ListAccessibleAsync(HttpContext context)
    {
        var (version, requestId, accounts) = ((string)context.Request.RouteValues["version"]!, RequestIds.Create(), recording().Accounts);
        context.Response.Headers["request-id"] = requestId;
        await executor.AnswerAsync(
            context,
            _ => { },
            behaviours.Next(""),
            () => ErrorResponse.ForToken(tokens.Find(context.Request.Headers.Authorization)) is { } error
                ? ErrorWriter.Write(error, version, requestId)
                : Answer.Json(200, json =>
                {
                    json.WriteStartObject();
                    json.WriteStartArray("resourceNames");
                    foreach (var (customerId, _) in accounts.Where(account => account.Value.Manager is null).OrderBy(account => account.Key))
                        json.WriteStringValue($"customers/{customerId}");
                    json.WriteEndArray();
                    json.WriteEndObject();
                }),
            behaviour => ErrorWriter.Write(ErrorResponse.ForBehaviour(behaviour), version, requestId));
    }

    private Answer Process(
        SearchCall call,
        SearchRequest? request,
        JsonError? invalid,
        (AccessGrant? Grant, TokenError? Error) token,
        Recording current)
    {
        var account = current.Accounts.GetValueOrDefault(call.CustomerId) ?? new AdsAccount();
        var error = !settings.SupportedVersions.Contains(call.ApiVersion) ? ErrorResponse.InvalidArgument("UNSUPPORTED_VERSION")
            : ErrorResponse.ForToken(token)
            ?? (invalid is not null ? ErrorResponse.Malformed(invalid) : null)
            // "Never send pageSize": pages are of a fixed size since v19.
            ?? (request!.PageSize is not null ? ErrorResponse.InvalidArgument("PAGE_SIZE_NOT_SUPPORTED") : null)
            ?? (account.Manager is { } manager && manager != call.LoginCustomerId
                ? ErrorResponse.PermissionDenied("USER_PERMISSION_DENIED")
                : account.IsClosed ? ErrorResponse.PermissionDenied("CUSTOMER_NOT_ENABLED")
                : null);
        if (error is not null)
            return ErrorWriter.Write(error, call.ApiVersion, call.RequestId);
        if (request!.PageToken is { } page && PageAt(page) is null)
            return ErrorWriter.Write(ErrorResponse.InvalidArgument("INVALID_PAGE_TOKEN"), call.ApiVersion, call.RequestId);
        return Query().Match(request.Query ?? "") is { Success: true } query && Find(query, account, call, current) is { } rows
            ? Answer.Json(200, json => Write(json, query.Groups["resource"].Value, rows, PageAt(request.PageToken) ?? 0))
            : ErrorWriter.Write(ErrorResponse.InvalidArgument("UNRECOGNIZED_FIELD"), call.ApiVersion, call.RequestId);
    }

    /// <summary>The rows asked for, each with the fields asked for; null where a field is not one of the version's.</summary>
    private List<Dictionary<string, object?>>? Find(Match query, AdsAccount account, SearchCall call, Recording current)
    {
        var resource = query.Groups["resource"].Value;
        var fields = AccountFields.Of(account, call);
        var wanted = query.Groups["fields"].Value.Split(',', StringSplitOptions.TrimEntries);
        var conditions = query.Groups["condition"].Captures.Select(condition => Condition().Match(condition.Value)).ToList();
        var asked = conditions.Where(condition => condition.Groups["field"].Value == "conversion_action.id")
            .Select(condition => condition.Groups["value"].Value).FirstOrDefault();
        var isSummary = resource == UploadSummaries.Resource;
        if (resource == "customer_client")
            return Clients(wanted, conditions, account, call.CustomerId, current);
        var known = isSummary
            ? UploadSummaries.Rows(current.HistoryOf(call.CustomerId), account, call.CustomerId, time.GetUtcNow())
            : fields.Rows(resource, asked);
        // A version knows the same fields whether or not the account has rows.
        IEnumerable<string> names = isSummary ? UploadSummaries.Fields : fields.Rows(resource, "1", ifNone: true)[0].Keys;
        if (!wanted.All(names.Contains) || !conditions.All(condition => names.Contains(condition.Groups["field"].Value)))
            return null;
        return
        [
            .. known
                .Where(row => conditions.All(condition =>
                    row[condition.Groups["field"].Value]?.ToString() == condition.Groups["value"].Value.Trim('\'')))
                .Select(row => wanted.ToDictionary(name => name, name => row[name])),
        ];
    }

    private static List<Dictionary<string, object?>>? Clients(
        string[] wanted, List<Match> conditions, AdsAccount account, string customerId, Recording current)
    {
        var rows = current.Accounts.Where(each => each.Value.Manager == customerId).OrderBy(each => each.Key)
            .Select(each => AccountFields.Client(each.Key, each.Value))
            .Prepend(AccountFields.Client(customerId, account)).ToList();
        return wanted.Concat(conditions.Select(condition => condition.Groups["field"].Value)).All(rows[0].ContainsKey)
            ? [.. rows.Select(row => wanted.ToDictionary(name => name, name => row[name]))]
            : null;
    }

    private void Write(Utf8JsonWriter json, string resource, List<Dictionary<string, object?>> rows, int first)
    {
        json.WriteStartObject();
        if (rows.Count > first)
        {
            json.WriteStartArray("results");
            foreach (var row in rows.Skip(first).Take(settings.SearchPageRows))
            {
                json.WriteStartObject();
                json.WriteStartObject(Camel(resource));
                WriteMembers(json, row.Select(field => KeyValuePair.Create(field.Key[(resource.Length + 1)..], field.Value)));
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        if (rows.Count > first + settings.SearchPageRows)
            json.WriteString("nextPageToken", string.Create(CultureInfo.InvariantCulture, $"page{first + settings.SearchPageRows}"));
        json.WriteString("fieldMask", string.Join(',', rows.Take(1).SelectMany(row => row.Keys).Select(Camel)));
        json.WriteEndObject();
    }

    private static void WriteMembers(Utf8JsonWriter json, IEnumerable<KeyValuePair<string, object?>> fields)
    {
        foreach (var group in fields.GroupBy(field => field.Key.Split('.')[0]))
        {
            var nested = group.Where(field => field.Key.Contains('.', StringComparison.Ordinal))
                .Select(field => KeyValuePair.Create(field.Key[(group.Key.Length + 1)..], field.Value)).ToList();
            if (nested.Count > 0)
            {
                json.WriteStartObject(Camel(group.Key));
                WriteMembers(json, nested);
                json.WriteEndObject();
                continue;
            }

            switch (group.First().Value)
            {
                case true:
                    json.WriteBoolean(Camel(group.Key), true);
                    break;
                // As Google writes proto3: a false and an unset field are absent, an int64 is a string.
                case false or null or 0 or JsonArray { Count: 0 }:
                    break;
                case JsonNode node:
                    json.WritePropertyName(Camel(group.Key));
                    node.WriteTo(json);
                    break;
                case { } value:
                    json.WriteString(Camel(group.Key), value.ToString());
                    break;
            }
        }
    }

    /// <summary>Where the page of a token begins; null for a token that we never gave.</summary>
    private static int? PageAt(string? token) =>
        token is { Length: > 4 } && token.StartsWith("page", StringComparison.Ordinal)
        && int.TryParse(token.AsSpan(4), NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            ? first
            : null;

    private static string Camel(string name) => string.Join(
        '.', name.Split('.').Select(part => Underscore().Replace(part, match => match.Groups[1].Value.ToUpperInvariant())));

    [GeneratedRegex(@"^SELECT (?<fields>[a-z_., ]+) FROM (?<resource>conversion_action|customer|customer_client|offline_conversion_upload_conversion_action_summary)(?: WHERE (?<condition>[^ ]+ = [^ ]+)(?: AND (?<condition>[^ ]+ = [^ ]+))*)?\z")]
    private static partial Regex Query();

    [GeneratedRegex("^(?<field>[a-z_.]+) = (?<value>.+)$")]
    private static partial Regex Condition();

    [GeneratedRegex("_(.)")]
    private static partial Regex Underscore();
}

/// <summary>Body of a search. A size of pages is read only to be refused.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record SearchRequest(string? Query, string? PageToken = null, int? PageSize = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SearchRequest))]
internal sealed partial class SearchJson : JsonSerializerContext;
