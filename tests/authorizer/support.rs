//! Handshakes as the gateway reports them, tokens with real signatures, and a clock that stands.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::{Duration, UNIX_EPOCH};

use aws_smithy_async::time::{SharedTimeSource, StaticTimeSource};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use lambda_runtime::{Context, Diagnostic, LambdaEvent};
use rsa::pkcs1::EncodeRsaPrivateKey;
use rsa::pkcs8::{DecodePrivateKey, EncodePrivateKey};
use serde_json::{Value, json};
use stormglass_authorizer::{Authorizer, Keys, Settings};

/// The time of every test, in epoch seconds.
pub(crate) const NOW: u64 = 1_701_245_044;

pub(crate) const ISSUER: &str = "https://issuer.example";
pub(crate) const AUDIENCE: &str = "chat";
pub(crate) const METHOD: &str =
    "arn:aws:execute-api:eu-central-1:123456789012:aabbccdd/production/$connect";

/// 32 bytes: the shortest that is allowed.
pub(crate) const SECRET: &str = "a secret that is long enough ...";

pub(crate) const RSA_PUBLIC: &str = include_str!("test-keys/test-only-rsa.public.pem");
pub(crate) const RSA_1024_PUBLIC: &str = include_str!("test-keys/test-only-rsa-1024.public.pem");
pub(crate) const P256_PUBLIC: &str = include_str!("test-keys/test-only-p256.public.pem");
pub(crate) const P384_PUBLIC: &str = include_str!("test-keys/test-only-p384.public.pem");
pub(crate) const RSA_PRIVATE: &str = include_str!("test-keys/test-only-rsa.private.pem");
const OTHER_RSA_PRIVATE: &str = include_str!("test-keys/test-only-other-rsa.private.pem");
const P256_PRIVATE: &str = include_str!("test-keys/test-only-p256.private.pem");

pub(crate) fn rsa() -> EncodingKey {
    rsa_key(RSA_PRIVATE)
}

pub(crate) fn other_rsa() -> EncodingKey {
    rsa_key(OTHER_RSA_PRIVATE)
}

fn rsa_key(pem: &str) -> EncodingKey {
    let key = rsa::RsaPrivateKey::from_pkcs8_pem(pem).expect("an RSA key");
    EncodingKey::from_rsa_der(key.to_pkcs1_der().expect("it can be written").as_bytes())
}

pub(crate) fn p256() -> EncodingKey {
    let key = p256::SecretKey::from_pkcs8_pem(P256_PRIVATE).expect("a P-256 key");
    EncodingKey::from_ec_der(key.to_pkcs8_der().expect("it can be written").as_bytes())
}

pub(crate) fn secret() -> EncodingKey {
    EncodingKey::from_secret(SECRET.as_bytes())
}

/// The public half of a key, as an issuer publishes it.
pub(crate) fn jwk(key: &EncodingKey, algorithm: Algorithm, kid: &str) -> Value {
    let jwk = Jwk::from_encoding_key(key, algorithm).expect("the key has a public half");
    let mut jwk = serde_json::to_value(jwk).expect("a JWK is JSON");
    jwk["kid"] = json!(kid);
    jwk["use"] = json!("sig");
    jwk
}

pub(crate) fn jwks(keys: &[Value]) -> Keys {
    Keys::from_jwks(&json!({ "keys": keys }).to_string()).expect("these keys can be used")
}

/// The claims of a token with nothing wrong in it.
pub(crate) fn claims() -> Value {
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "ana", "exp": NOW + 600,
        "name": "Ana", "level": 3, "admin": false, "groups": ["a", "b"], "address": {"city": "x"}
    })
}

/// The claims, but with another value for this one.
pub(crate) fn claims_with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

/// The claims, but without this one.
pub(crate) fn claims_without(name: &str) -> Value {
    let mut claims = claims();
    claims.as_object_mut().expect("claims are an object").remove(name).expect("it was there");
    claims
}

/// A token of HS256.
pub(crate) fn token(claims: &Value) -> String {
    sign(Algorithm::HS256, None, claims, &secret())
}

pub(crate) fn sign(
    algorithm: Algorithm,
    kid: Option<&str>,
    claims: &Value,
    key: &EncodingKey,
) -> String {
    let mut header = Header::new(algorithm);
    header.kid = kid.map(String::from);
    jsonwebtoken::encode(&header, claims, key).expect("the key signs")
}

/// A handshake without a token.
pub(crate) fn handshake() -> Value {
    json!({
        "type": "REQUEST", "methodArn": METHOD,
        "headers": {"Host": "chat.example.com", "Sec-WebSocket-Version": "13"},
        "multiValueHeaders": {"Host": ["chat.example.com"], "Sec-WebSocket-Version": ["13"]},
        "queryStringParameters": {}, "multiValueQueryStringParameters": {}, "stageVariables": {},
        "requestContext": {
            "routeKey": "$connect", "eventType": "CONNECT",
            "extendedRequestId": "PJqB0E1tKRcF-Qw=",
            "requestTime": "29/Nov/2023:08:04:04 +0000", "messageDirection": "IN",
            "stage": "production", "connectedAt": NOW * 1_000, "requestTimeEpoch": NOW * 1_000,
            "identity": {"sourceIp": "123.45.123.45"}, "requestId": "PJqB0E1tKRcF-Qw=",
            "domainName": "chat.example.com", "connectionId": "PJqB0fHsqRcCHlw=",
            "apiId": "aabbccdd"
        }
    })
}

/// A handshake with this `Authorization` header.
pub(crate) fn with_header(value: &str) -> Value {
    let mut event = handshake();
    event["headers"]["Authorization"] = json!(value);
    event["multiValueHeaders"]["Authorization"] = json!([value]);
    event
}

/// A handshake with this query parameter.
pub(crate) fn with_parameter(name: &str, value: &str) -> Value {
    let mut event = handshake();
    event["queryStringParameters"][name] = json!(value);
    event["multiValueQueryStringParameters"][name] = json!([value]);
    event
}

/// A handshake with this token, as a program sends it.
pub(crate) fn bearing(token: &str) -> Value {
    with_header(&format!("Bearer {token}"))
}

/// Settings for tokens of HS256.
pub(crate) fn settings() -> Settings {
    with_keys(Keys::from_secret(SECRET).expect("it is long enough"))
}

pub(crate) fn with_keys(keys: Keys) -> Settings {
    Settings::new(keys, ISSUER, AUDIENCE)
}

/// The outcome of a handshake.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The runtime's report to Lambda, letter for letter: the response, or the error.
    pub(crate) reported: Result<String, String>,
    /// Everything that was logged, at any level.
    pub(crate) log: String,
}

impl Outcome {
    /// The only line of the log.
    pub(crate) fn line(&self) -> Value {
        serde_json::from_str(&self.log).expect("the log is one line of JSON")
    }
}

/// Asks for `event`, at the time of every test.
pub(crate) fn ask(settings: &Settings, event: Value) -> Outcome {
    let clock = StaticTimeSource::new(UNIX_EPOCH + Duration::from_secs(NOW));
    let authorizer = Authorizer::new(settings.clone(), SharedTimeSource::from(clock));
    let mut context = Context::default();
    context.request_id = "8476a536-e9f4-11e8-9739-2dfe598c3fcd".to_owned();
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer({
            let log = log.clone();
            move || log.clone()
        })
        .finish();
    let answer = tracing::subscriber::with_default(subscriber, || {
        tokio_test::block_on(authorizer.handle(LambdaEvent::new(event, context)))
    });
    let reported = match answer {
        Ok(policy) => Ok(serde_json::to_string(&policy).expect("a policy is JSON")),
        Err(error) => Err(serde_json::to_string(&Diagnostic::from(error)).expect("so is this")),
    };
    let written = log.0.lock().expect("no test panics here").clone();
    Outcome { reported, log: String::from_utf8(written).expect("the log is text") }
}

/// The policy that lets this handshake go on.
pub(crate) fn allowed(settings: &Settings, event: Value) -> Value {
    let outcome = ask(settings, event);
    assert_eq!(outcome.line()["fields"]["outcome"], "allowed", "{}", outcome.log);
    let policy = outcome.reported.expect("the log says so");
    serde_json::from_str(&policy).expect("a policy is JSON")
}

/// Returns the reason of a refusal. The client gets the same answer for every reason.
pub(crate) fn refused(settings: &Settings, event: Value) -> String {
    let outcome = ask(settings, event);
    let answer = outcome.reported.as_ref().expect_err("the handshake is refused");
    assert_eq!(answer, r#"{"errorType":"Unauthorized","errorMessage":"Unauthorized"}"#);
    let line = outcome.line();
    assert_eq!(line["fields"]["outcome"], "refused", "{line}");
    line["fields"]["reason"].as_str().expect("a refusal has a reason").to_owned()
}

#[derive(Clone, Debug, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no test panics here").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
