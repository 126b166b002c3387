using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Web;
using OpsMantik.Core.Providers;
using OpsMantik.Functions.Tests.Providers.GoogleAds;

namespace OpsMantik.Functions.Tests.Providers.DataManager;

public class ServiceAccountTests
{
    private readonly RSA _rsa = RSA.Create(2048);
    private DataManagerFixture _fixture = null!;

    [SetUp]
    public void SetUp() => _fixture = new DataManagerFixture();

    [TearDown]
    public void TearDown() => _fixture.Dispose();

    [OneTimeTearDown]
    public void Forget() => _rsa.Dispose();

    [TestCase(true)]
    [TestCase(false)]
    public async Task The_assertion_is_for_our_scope_and_our_token_address_only(bool asText)
    {
        var outcome = await _fixture.UploadOneAsync(Credentials(asText));

        Assert.That(outcome.Kind, Is.EqualTo(OutcomeKind.Submitted));
        var request = _fixture.Google.TokenRequests.Single();
        Assert.That(request.Uri.AbsoluteUri, Is.EqualTo("https://oauth2.googleapis.com/token"));
        var form = HttpUtility.ParseQueryString(request.Body);
        Assert.That(form["grant_type"], Is.EqualTo("urn:ietf:params:oauth:grant-type:jwt-bearer"));
        var parts = form["assertion"]!.Split('.');
        using var claims = JsonDocument.Parse(Decode(parts[1]));
        string? Claim(string name) => claims.RootElement.GetProperty(name).GetString();
        Assert.That(Claim("scope"), Is.EqualTo("https://www.googleapis.com/auth/datamanager"));
        Assert.That(Claim("aud"), Is.EqualTo("https://oauth2.googleapis.com/token"));
        Assert.That(Claim("iss"), Is.EqualTo("robot@example.test"));
        Assert.That(
            claims.RootElement.GetProperty("iat").GetInt64(), Is.EqualTo(TestConversions.Noon.ToUnixTimeSeconds()));
        Assert.That(
            _rsa.VerifyData(
                Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"),
                Decode(parts[2]),
                HashAlgorithmName.SHA256,
                RSASignaturePadding.Pkcs1),
            Is.True);
    }

    [Test]
    public async Task One_fetch_serves_an_account_while_its_token_is_valid()
    {
        await _fixture.UploadOneAsync(Credentials());
        await _fixture.UploadOneAsync(Credentials());
        Assert.That(_fixture.Google.TokenRequests, Has.Count.EqualTo(1));

        _fixture.Fixture.Time.Advance(TimeSpan.FromMinutes(55));
        await _fixture.UploadOneAsync(Credentials());
        Assert.That(_fixture.Google.TokenRequests, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task A_refused_account_fails_the_rows_without_an_upload()
    {
        _fixture.Google.OnToken = (_, _) => Task.FromResult(GoogleStub.Json(
            400, """{"error":"invalid_grant","error_description":"Invalid JWT Signature."}"""));

        var outcome = await _fixture.UploadOneAsync(Credentials());

        Assert.That(outcome.Code, Is.EqualTo("INVALID_GRANT"));
        Assert.That(outcome.Category, Is.EqualTo(ErrorCategory.Auth));
        Assert.That(_fixture.Requests, Is.Empty);
    }

    [Test]
    public async Task A_silent_token_endpoint_is_given_up_in_time_and_asked_once()
    {
        _fixture.Google.OnToken = async (_, cancellationToken) =>
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return new HttpResponseMessage();
        };
        var upload = _fixture.UploadOneAsync(Credentials());
        _fixture.Fixture.Time.Advance(TimeSpan.FromSeconds(61));

        var outcome = await upload.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.That(outcome.Code, Is.EqualTo("TOKEN_UNAVAILABLE"));
        Assert.That(_fixture.Google.TokenRequests, Has.Count.EqualTo(1));
    }

    private string Credentials(bool asText = false)
    {
        var key = new JsonObject
        {
            ["type"] = "service_account",
            ["project_id"] = "a-project",
            ["private_key_id"] = "key-1",
            ["private_key"] = _rsa.ExportPkcs8PrivateKeyPem(),
            ["client_email"] = "robot@example.test",
            ["token_uri"] = "https://thief.example.test/token",
        };
        return new JsonObject
        {
            ["upload_api"] = "data_manager",
            ["customer_id"] = "1234567890",
            ["conversion_action_id"] = "456",
            ["service_account"] = asText ? key.ToJsonString() : key,
        }.ToJsonString();
    }

    private static byte[] Decode(string part) => System.Buffers.Text.Base64Url.DecodeFromChars(part);
}
