//! The settings.

use std::time::Duration;

use aws_smithy_async::time::{SharedTimeSource, StaticTimeSource};
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};
use stormglass_authorizer::{Authorizer, Settings};

use crate::support::{
    AUDIENCE, ISSUER, P256_PUBLIC, P384_PUBLIC, RSA_1024_PUBLIC, RSA_PRIVATE, RSA_PUBLIC, SECRET,
    allowed, bearing, claims, jwk, p256, rsa, sign,
};

const REQUIRED: [(&str, &str); 2] = [("JWT_ISSUER", ISSUER), ("JWT_AUDIENCE", AUDIENCE)];

/// The settings, or all that a failed start leaves in the log.
fn read(variables: &[(&str, &str)]) -> Result<Settings, String> {
    let settings = Settings::from_variables(|name| {
        let found = variables.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| String::from(*value))
    });
    settings.map_err(|error| {
        let (shown, debug) = (error.to_string(), format!("{error:?}"));
        for (name, value) in variables {
            let is_key = ["JWT_SECRET", "JWT_PUBLIC_KEY", "JWT_JWKS"].contains(name);
            let is_shown = |text: &str| !value.trim().is_empty() && text.contains(value);
            assert!(!is_key || !is_shown(&shown) && !is_shown(&debug), "{shown}, {debug}");
        }
        shown
    })
}

fn with(variables: &[(&str, &str)]) -> Result<Settings, String> {
    read(&[&REQUIRED, variables].concat())
}

fn refusal(name: &str, value: &str) -> String {
    with(&[(name, value)]).expect_err("the value is no good")
}

fn refusal_of_set(keys: &[Value]) -> String {
    refusal("JWT_JWKS", &json!({ "keys": keys }).to_string())
}

#[test]
fn every_setting_has_a_variable() {
    let variables = [
        ("JWT_SECRET", SECRET),
        ("JWT_PUBLIC_KEY", ""),
        ("JWT_JWKS", " "),
        ("JWT_ISSUER", ISSUER),
        ("JWT_AUDIENCE", AUDIENCE),
        ("JWT_LEEWAY_S", "5"),
        ("JWT_CLAIMS", "name, https://example.com/roles,"),
    ];
    assert_eq!(variables.map(|(name, _)| name), Settings::VARIABLES);
    let settings = read(&variables).expect("all is well");
    assert_eq!((&*settings.issuer, &*settings.audience), (ISSUER, AUDIENCE));
    assert_eq!(settings.leeway, Duration::from_secs(5));
    assert_eq!(settings.claims, ["name", "https://example.com/roles"]);
}

#[test]
fn a_key_an_issuer_and_an_audience_are_all_that_is_needed() {
    let settings = with(&[("JWT_SECRET", SECRET)]).expect("all is well");
    assert_eq!(settings.leeway, Duration::from_secs(60));
    assert_eq!(settings.claims, [""; 0]);
    for (missing, _) in REQUIRED {
        let others = REQUIRED.iter().filter(|(name, _)| *name != missing).copied();
        let variables: Vec<_> = others.chain([("JWT_SECRET", SECRET)]).collect();
        let error = read(&variables).expect_err("a variable is missing");
        assert_eq!(error, format!("the variable {missing} is not set"));
    }
}

#[test]
fn each_kind_of_key_has_a_variable() {
    let set = json!({"keys": [jwk(&p256(), Algorithm::ES256, "e1")]}).to_string();
    let indented = format!("\n{RSA_PUBLIC}\n\n");
    let rs256 = sign(Algorithm::RS256, None, &claims(), &rsa());
    let es256 = sign(Algorithm::ES256, None, &claims(), &p256());
    for (variable, value, token) in [
        ("JWT_PUBLIC_KEY", RSA_PUBLIC, &rs256),
        ("JWT_PUBLIC_KEY", RSA_PUBLIC.trim(), &rs256),
        ("JWT_PUBLIC_KEY", &indented, &rs256),
        ("JWT_PUBLIC_KEY", P256_PUBLIC, &es256),
        ("JWT_JWKS", &set, &es256),
    ] {
        let settings = with(&[(variable, value)]).expect("the key can be used");
        allowed(&settings, bearing(token));
    }
}

#[test]
fn exactly_one_variable_has_a_key() {
    let wanted = "exactly one of JWT_SECRET, JWT_PUBLIC_KEY and JWT_JWKS must be set, not";
    assert_eq!(with(&[]).expect_err("there is no key"), format!("{wanted} 0"));
    let both = with(&[("JWT_SECRET", SECRET), ("JWT_PUBLIC_KEY", RSA_PUBLIC)]);
    assert_eq!(both.expect_err("there are two keys"), format!("{wanted} 2"));
}

#[test]
fn a_short_secret_is_refused() {
    let shorter = &SECRET[1..];
    assert_eq!(
        refusal("JWT_SECRET", shorter),
        "the variable JWT_SECRET must be at least 32 bytes long"
    );
}

#[test]
fn what_is_no_public_key_is_refused() {
    let wanted = "the variable JWT_PUBLIC_KEY must be a PEM block PUBLIC KEY, \
                  of an RSA key up to 4096 bits or a P-256 key";
    let broken = RSA_PUBLIC.replacen('M', "!", 1);
    for value in ["x", RSA_PRIVATE, P384_PUBLIC, &broken, SECRET] {
        assert_eq!(refusal("JWT_PUBLIC_KEY", value), wanted);
    }
    assert_eq!(
        refusal("JWT_PUBLIC_KEY", RSA_1024_PUBLIC),
        "the variable JWT_PUBLIC_KEY must have no RSA key of less than 2048 bits"
    );
}

#[test]
fn what_is_no_key_set_is_refused() {
    let wanted = "the variable JWT_JWKS must be a JWK set: \
                  a JSON object with an array `keys` of objects";
    let single = jwk(&rsa(), Algorithm::RS256, "r1").to_string();
    let values = ["x", "[]", "{}", r#"{"keys":{}}"#, r#"{"keys":[1]}"#, r#"{"keys":[{}]}"#];
    for value in values.into_iter().chain([single.as_str(), RSA_PUBLIC]) {
        assert_eq!(refusal("JWT_JWKS", value), wanted);
    }
}

#[test]
fn a_key_set_needs_a_key_for_us() {
    let wanted = "the variable JWT_JWKS has no key for signatures with RS256 or ES256";
    let mut encrypts = jwk(&rsa(), Algorithm::RS256, "r1");
    encrypts["use"] = json!("enc");
    let mut agrees = jwk(&p256(), Algorithm::ES256, "e1");
    agrees["use"] = json!("enc");
    let secret =
        json!({"kty": "oct", "alg": "HS256", "k": "YSBzZWNyZXQgdGhhdCBpcyBsb25nIGVub3VnaCA"});
    for keys in [&[][..], &[encrypts], &[agrees], &[secret]] {
        assert_eq!(refusal_of_set(keys), wanted);
    }
}

#[test]
fn a_broken_key_for_us_is_refused() {
    let wanted = "the variable JWT_JWKS has a key for RS256 or ES256 that cannot be read";
    let broken = [("n", json!("!")), ("n", json!(null)), ("e", json!("AA")), ("e", json!(3))];
    for (name, value) in broken {
        let mut key = jwk(&rsa(), Algorithm::RS256, "r1");
        key[name] = value;
        assert_eq!(refusal_of_set(&[key]), wanted, "{name}");
    }
    for (name, value) in [("x", json!("AAAA")), ("y", json!("!")), ("y", json!(null))] {
        let mut key = jwk(&p256(), Algorithm::ES256, "e1");
        key[name] = value;
        assert_eq!(refusal_of_set(&[key]), wanted, "{name}");
    }
}

#[test]
fn a_weak_key_is_refused() {
    let mut key = jwk(&rsa(), Algorithm::RS256, "r1");
    let modulus = key["n"].as_str().expect("a modulus").to_owned();
    // The first 1,020 bits, and then four that make the number odd.
    key["n"] = json!(format!("{}E", &modulus[..170]));
    let refusal = refusal_of_set(&[key]);
    assert_eq!(refusal, "the variable JWT_JWKS must have no RSA key of less than 2048 bits");
}

#[test]
fn two_keys_of_one_name_are_refused() {
    let keys = [jwk(&rsa(), Algorithm::RS256, "k"), jwk(&p256(), Algorithm::ES256, "k")];
    let wanted = "the variable JWT_JWKS has several keys for RS256 or ES256 with the same `kid`";
    assert_eq!(refusal_of_set(&keys), wanted);
}

#[test]
fn a_bad_number_and_a_bad_name_are_refused() {
    for value in ["301", "60000", "-1", "1.5", "60s"] {
        let error = with(&[("JWT_SECRET", SECRET), ("JWT_LEEWAY_S", value)]);
        let wanted = "the variable JWT_LEEWAY_S must be a whole number from 0 to 300";
        assert_eq!(error.expect_err("a bad number"), format!("{wanted}, but it is {value:?}"));
    }
    for value in ["0", "300", " 7 "] {
        with(&[("JWT_SECRET", SECRET), ("JWT_LEEWAY_S", value)]).expect("a good number");
    }
    for value in ["principalId", "name,integrationLatency"] {
        let error = with(&[("JWT_SECRET", SECRET), ("JWT_CLAIMS", value)]);
        let error = error.expect_err("a bad name");
        assert!(error.starts_with("the variable JWT_CLAIMS must be names of claims"), "{error}");
    }
}

#[test]
fn a_secret_is_never_printed() {
    let settings = with(&[("JWT_SECRET", SECRET)]).expect("all is well");
    let bytes = format!("{:?}", SECRET.as_bytes());
    let authorizer =
        Authorizer::new(settings.clone(), SharedTimeSource::from(StaticTimeSource::from_secs(0)));
    for printed in [format!("{settings:?}"), format!("{authorizer:?}")] {
        assert!(!printed.contains(SECRET), "{printed}");
        assert!(!printed.contains(bytes.trim_matches(['[', ']'])), "{printed}");
    }
}
