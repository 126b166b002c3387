using System.Text.Json;

namespace OpsMantik.Core.Conversions;

/// <summary>A hash by which Google finds the customer (enhanced conversions for leads).</summary>
/// <param name="Kind">What was hashed.</param>
/// <param name="Hash">SHA-256 of the normalised value: 64 lower-case hexadecimal digits.</param>
public readonly record struct UserIdentifier(UserIdentifierKind Kind, string Hash)
{
    private const int Shown = 6;

    /// <summary>As it is shown to a person: enough to compare, too little to find somebody by.</summary>
    public string Abridged => $"{Hash[..Shown]}…";

    public override string ToString() => $"{Kind} {Abridged}";
}

public enum UserIdentifierKind
{
    Email,
    Phone,
}

/// <summary>
/// Collects the hashes that the dashboard writes, in each form it writes them. What is not 64 hexadecimal digits is no hash: it
/// may be a telephone number in the clear, and never leaves.
/// </summary>
internal sealed class UserIdentifierReader
{
    private List<UserIdentifier>? _found;
    private List<string>? _faults;

    /// <summary>Each hash once, in the order found.</summary>
    public IReadOnlyList<UserIdentifier> Found => _found ?? (IReadOnlyList<UserIdentifier>)[];

    /// <summary>What stands in the place of an identifier and is not sent, each cause once: <see cref="IdentifierHash.FindFault"/>.</summary>
    public IReadOnlyList<string> Faults => _faults ?? (IReadOnlyList<string>)[];

    /// <summary>
    /// Reads an object by its members' names (<c>hashed_email</c>, <c>hashedPhoneNumber</c> …), or an array of
    /// <c>{"type":"hashed_phone","value":"…"}</c>. Members of other names are left alone.
    /// </summary>
    public void Add(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in json.EnumerateObject())
                AddMember(member.Name, member.Value);
        }
        else if (json.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in json.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object))
            {
                if (item.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String
                    && item.TryGetProperty("value", out var value))
                {
                    AddMember(type.GetString()!, value);
                }
                else
                {
                    Add(item);
                }
            }
        }
    }

    private void AddMember(string name, JsonElement value)
    {
        if (KindOf(name) is not { } kind || value.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined)
            return;
        if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in value.EnumerateArray())
                AddHash(kind, item);
            return;
        }

        AddHash(kind, value);
    }

    private void AddHash(UserIdentifierKind kind, JsonElement value)
    {
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()!.Trim() : value.GetRawText();
        if (text.Length == 0 || Placeholders.Contains(text))
            return;
        if (IdentifierHash.FindFault(text) is { } fault)
        {
            _faults ??= [];
            if (!_faults.Contains(fault))
                _faults.Add(fault);
            return;
        }

        var identifier = new UserIdentifier(kind, text.ToLowerInvariant());
        _found ??= [];
        if (!_found.Contains(identifier))
            _found.Add(identifier);
    }

    private static UserIdentifierKind? KindOf(string name) => name.Replace("_", "", StringComparison.Ordinal).ToUpperInvariant() switch
    {
        "HASHEDEMAIL" or "HASHEDEMAILADDRESS" or "SHA256EMAIL" or "SHA256EMAILADDRESS" => UserIdentifierKind.Email,
        "HASHEDPHONE" or "HASHEDPHONENUMBER" or "SHA256PHONE" or "SHA256PHONENUMBER" => UserIdentifierKind.Phone,
        _ => null,
    };
}
