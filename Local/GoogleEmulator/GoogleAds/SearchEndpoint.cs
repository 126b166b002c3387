using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace OpsMantik.Local.GoogleEmulator.GoogleAds;

/// <summary><c>POST /{version}/customers/{customerId}/googleAds:search</c>, as far as a preflight asks.</summary>
internal sealed partial class SearchEndpoint(
    Func<Recording> recording,
    EmulatorSettings settings,
    AccessTokens tokens,
    BehaviourRegistry behaviours,
    BehaviourExecutor executor)
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
                : null);
        if (error is not null)
            return ErrorWriter.Write(error, call.ApiVersion, call.RequestId);
        return Query().Match(request!.Query ?? "") is { Success: true } query
            && Find(query, AccountFields.Of(account, call), call) is { } rows
            ? Answer.Json(200, json => Write(json, query.Groups["resource"].Value, rows))
            : ErrorWriter.Write(ErrorResponse.InvalidArgument("UNRECOGNIZED_FIELD"), call.ApiVersion, call.RequestId);
    }

    /// <summary>The rows asked for, each with the fields asked for; null where a field is not one of the version's.</summary>
    private static List<Dictionary<string, object?>>? Find(Match query, AccountFields fields, SearchCall call)
    {
        var resource = query.Groups["resource"].Value;
        var wanted = query.Groups["fields"].Value.Split(',', StringSplitOptions.TrimEntries);
        var conditions = query.Groups["condition"].Captures.Select(condition => Condition().Match(condition.Value)).ToList();
        var asked = conditions.Where(condition => condition.Groups["field"].Value == "conversion_action.id")
            .Select(condition => condition.Groups["value"].Value).FirstOrDefault();
        var known = fields.Rows(resource, asked);
        // A version knows the same fields whether or not the account has rows.
        var names = fields.Rows(resource, "1", ifNone: true)[0].Keys;
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

    private static void Write(Utf8JsonWriter json, string resource, List<Dictionary<string, object?>> rows)
    {
        json.WriteStartObject();
        if (rows.Count > 0)
        {
            json.WriteStartArray("results");
            foreach (var row in rows)
            {
                json.WriteStartObject();
                json.WriteStartObject(Camel(resource));
                WriteMembers(json, row.Select(field => KeyValuePair.Create(field.Key[(resource.Length + 1)..], field.Value)));
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

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
                case false or null:
                    break;
                case { } value:
                    json.WriteString(Camel(group.Key), value.ToString());
                    break;
            }
        }
    }

    private static string Camel(string name) => string.Join(
        '.', name.Split('.').Select(part => Underscore().Replace(part, match => match.Groups[1].Value.ToUpperInvariant())));

    [GeneratedRegex(@"^SELECT (?<fields>[a-z_., ]+) FROM (?<resource>conversion_action|customer)(?: WHERE (?<condition>[^ ]+ = [^ ]+)(?: AND (?<condition>[^ ]+ = [^ ]+))*)?\z")]
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
