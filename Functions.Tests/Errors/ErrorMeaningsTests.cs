using System.Text.RegularExpressions;
using OpsMantik.Core;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Providers.DataManager;
using OpsMantik.Core.Providers.GoogleAds;
using OpsMantik.Core.Queue;
using OpsMantik.Functions.Tests.House;

namespace OpsMantik.Functions.Tests.Errors;

public partial class ErrorMeaningsTests
{
    // Texts in capitals that the sources below hold and that are no error codes.
    private static readonly string[] NoCodes =
    [
        "CONSENT_DENIED", "CONSENT_GRANTED", "GOOGLE_ADS", "FAILED", "SUCCESS", "PARTIAL_SUCCESS", "COMPLETED", "SUBMITTED",
        "RETRY", "OPSMANTIK_VAULT_KEY", "OPSMANTIK_VAULT_PREVIOUS_KEYS", "WRITE_BACK_FAILED", "GRANTED", "DENIED", "WEB", "HEX",
        "PROCESSING_ERROR_REASON_", "PROCESSING_ERROR_", "D10", "S256", "ENABLED", "UPLOAD_CLICKS", "MANY_PER_CLICK", "RETRACTION", "RESTATEMENT",
        .. ErrorMeanings.Categories.Select(category => category.Code),
    ];

    /// <summary>RFC 6749, section 5.2, and what Google's endpoint adds.</summary>
    private const string OAuth =
        "INVALID_GRANT INVALID_CLIENT INVALID_REQUEST UNAUTHORIZED_CLIENT UNSUPPORTED_GRANT_TYPE INVALID_SCOPE ACCESS_DENIED"
        + " ADMIN_POLICY_ENFORCED ORG_INTERNAL DELETED_CLIENT DISABLED_CLIENT";

    /// <summary>Names that a whole family classifies, as Google's v25 lists them and we expect to meet them.</summary>
    private const string ByFamily =
        "AUTHENTICATION_ERROR CLIENT_CUSTOMER_ID_INVALID CUSTOMER_NOT_FOUND GOOGLE_ACCOUNT_DELETED NOT_ADS_USER"
        + " OAUTH_TOKEN_INVALID OAUTH_TOKEN_EXPIRED OAUTH_TOKEN_DISABLED OAUTH_TOKEN_REVOKED OAUTH_TOKEN_HEADER_INVALID"
        + " TWO_STEP_VERIFICATION_NOT_ENROLLED ADVANCED_PROTECTION_NOT_ENROLLED DEVELOPER_TOKEN_INVALID"
        + " USER_PERMISSION_DENIED DEVELOPER_TOKEN_NOT_ON_ALLOWLIST DEVELOPER_TOKEN_PROHIBITED PROJECT_DISABLED"
        + " AUTHORIZATION_ERROR ACTION_NOT_PERMITTED INCOMPLETE_SIGNUP CUSTOMER_NOT_ENABLED MISSING_TOS"
        + " DEVELOPER_TOKEN_NOT_APPROVED SERVICE_ACCESS_DENIED CLOUD_PROJECT_NOT_UNDER_ORGANIZATION"
        + " ACTION_NOT_PERMITTED_FOR_SUSPENDED_ACCOUNT CLOUD_PROJECT_NOT_APPROVED_FOR_PRODUCTION"
        + " INVALID_USER_SELECTED_CUSTOMER_ID EXCESSIVE_SHORT_TERM_QUERY_RESOURCE_CONSUMPTION"
        + " EXCESSIVE_LONG_TERM_QUERY_RESOURCE_CONSUMPTION";

    private static IEnumerable<string> Classified() => ErrorTable.All.Keys
        .Concat(AdjustmentErrorTable.All.Keys)
        .Concat(ErrorReasonTable.All.Keys)
        .Concat(ProcessingErrorTable.All.Keys)
        .Concat(OAuth.Split(' '))
        .Concat(ByFamily.Split(' '))
        .Distinct();

    [Test]
    public void Every_code_that_a_provider_can_classify_has_an_entry() =>
        Assert.That(Classified().Where(code => ErrorMeanings.Find(code) is null), Is.Empty);

    [Test]
    public void Every_code_of_our_own_has_an_entry()
    {
        var codes = SourceTree.CSharp
            .Where(file => OurCodes().IsMatch(file.Key))
            .SelectMany(file => file.Value)
            .Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal))
            .SelectMany(line => Quoted().Matches(line))
            .Select(match => match.Groups["code"].Value)
            .Append("CIRCUIT_OPEN")
            .Except(NoCodes)
            .ToHashSet();

        Assert.Multiple(() =>
        {
            Assert.That(codes, Does.Contain("WORKER_ERROR").And.Contain("TIMEOUT").And.Contain("UNCONFIRMED"));
            Assert.That(codes.Where(code => ErrorMeanings.Find(code) is null), Is.Empty);
        });
    }

    [Test]
    public void Every_category_has_an_entry() => Assert.That(
        ErrorMeanings.Categories.Select(entry => entry.Code),
        Is.EquivalentTo(Enum.GetValues<ErrorCategory>().Select(ResultParameters.CategoryText)));

    [Test]
    public void No_code_has_two_entries() =>
        Assert.That(ErrorMeanings.All.Concat(ErrorMeanings.Categories).Select(entry => entry.Code), Is.Unique);

    [Test]
    public void Every_entry_is_short_plain_sentences() => Assert.Multiple(() =>
    {
        foreach (var entry in ErrorMeanings.All.Concat(ErrorMeanings.Categories))
        {
            Assert.That(entry.Meaning, Does.Match(@"^[A-Z].{10,120}\.$"), entry.Code);
            Assert.That(entry.Action, Does.Match(@"^[A-Z].{4,180}\.$"), entry.Code);
        }
    });

    [TestCase("HTTP_503", "TRANSIENT", "HTTP_5*")]
    [TestCase("HTTP_418", "TRANSIENT", "HTTP_*")]
    [TestCase("HTTP_404", "CONFIGURATION", "HTTP_404")]
    [TestCase("INVALID_GRANT", null, "INVALID_GRANT")]
    [TestCase("ADDED_BY_GOOGLE_TOMORROW", "AUTH", "ADDED_BY_GOOGLE_TOMORROW")]
    [TestCase(null, "RATE_LIMIT", "RATE_LIMIT")]
    [TestCase("<script>", "NEW", "<script>")]
    [TestCase(null, null, "none")]
    public void Whatever_a_row_ended_with_has_a_meaning(string? code, string? category, string expected) =>
        Assert.That(ErrorMeanings.Of(code, category).Code, Is.EqualTo(expected));

    [Test]
    public void A_code_that_google_adds_says_what_its_category_says() => Assert.That(
        ErrorMeanings.Of("ADDED_BY_GOOGLE_TOMORROW", "AUTH").Action, Is.EqualTo(ErrorMeanings.Of(null, "AUTH").Action));

    [Test]
    public void The_document_is_the_table()
    {
        var path = Path.Combine(SourceTree.Root, "docs", "errors.md");
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
            File.WriteAllText(path, ErrorsDocument.Write());

        Assert.That(File.ReadAllText(path), Is.EqualTo(ErrorsDocument.Write()), "run this test with UPDATE_DOCS=1");
    }

    // Everything that makes outcomes.
    [GeneratedRegex("^Core/(Providers|Runs|Queue|Confirmations)/(?!.*Messages\\.cs$).*\\.cs$")]
    private static partial Regex OurCodes();

    [GeneratedRegex("\"(?<code>[A-Z][A-Z0-9_]{2,})\"")]
    private static partial Regex Quoted();
}
