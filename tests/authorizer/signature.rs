//! The signatures that count.

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use stormglass_authorizer::Keys;

use crate::support::{
    P256_PUBLIC, RSA_PUBLIC, allowed, bearing, claims, claims_with, jwk, jwks, other_rsa, p256,
    refused, rsa, secret, settings, sign, token, with_keys,
};

const WRONG: &str = "the signature is wrong";
const UNREADABLE: &str = "the token cannot be read";
const ALGORITHM: &str = "the token has another algorithm than the key";
const NO_KEY: &str = "the token names none of our keys";

/// `{"alg":"none"}`, `{"alg":"none","typ":"JWT"}` and `{"alg":"NONE"}`.
const UNSIGNED: [&str; 3] =
    ["eyJhbGciOiJub25lIn0", "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0", "eyJhbGciOiJOT05FIn0"];

fn rsa_pem() -> Keys {
    Keys::from_public_key(RSA_PUBLIC).expect("an RSA key")
}

fn p256_pem() -> Keys {
    Keys::from_public_key(P256_PUBLIC).expect("a P-256 key")
}

/// Three keys: `r1` and `r2` of RS256, `e1` of ES256.
fn set() -> Keys {
    jwks(&[
        jwk(&rsa(), Algorithm::RS256, "r1"),
        jwk(&other_rsa(), Algorithm::RS256, "r2"),
        jwk(&p256(), Algorithm::ES256, "e1"),
    ])
}

/// The parts of a token, in order: header, claims, signature.
fn parts(token: &str) -> [&str; 3] {
    let parts: Vec<&str> = token.split('.').collect();
    parts.try_into().expect("a token has three parts")
}

#[test]
fn a_secret_is_for_hs256() {
    allowed(&settings(), bearing(&token(&claims())));
    let other = EncodingKey::from_secret(b"another secret, and also long enough");
    let token = sign(Algorithm::HS256, None, &claims(), &other);
    assert_eq!(refused(&settings(), bearing(&token)), WRONG);
}

#[test]
fn an_rsa_key_is_for_rs256() {
    let settings = with_keys(rsa_pem());
    allowed(&settings, bearing(&sign(Algorithm::RS256, None, &claims(), &rsa())));
    let token = sign(Algorithm::RS256, None, &claims(), &other_rsa());
    assert_eq!(refused(&settings, bearing(&token)), WRONG);
}

#[test]
fn a_p256_key_is_for_es256() {
    let settings = with_keys(p256_pem());
    let token = sign(Algorithm::ES256, None, &claims(), &p256());
    allowed(&settings, bearing(&token));
    let [header, _, signature] = parts(&token);
    let other = sign(Algorithm::ES256, None, &claims_with("sub", json!("bob")), &p256());
    let mixed = format!("{header}.{}.{signature}", parts(&other)[1]);
    assert_eq!(refused(&settings, bearing(&mixed)), WRONG);
}

/// A single key is for all tokens: it has no name to compare.
#[test]
fn a_single_key_has_no_name() {
    let token = sign(Algorithm::RS256, Some("whatever"), &claims(), &rsa());
    allowed(&with_keys(rsa_pem()), bearing(&token));
}

#[test]
fn other_claims_need_another_signature() {
    let (ana, bob) = (token(&claims()), token(&claims_with("sub", json!("bob"))));
    let ([header, _, signature], [_, bob, _]) = (parts(&ana), parts(&bob));
    let mixed = format!("{header}.{bob}.{signature}");
    assert_eq!(refused(&settings(), bearing(&mixed)), WRONG);
    assert_eq!(refused(&settings(), bearing(&format!("{header}.{bob}."))), WRONG);
}

#[test]
fn an_unsigned_token_is_none() {
    let signed = token(&claims());
    let [_, claims, signature] = parts(&signed);
    for settings in [settings(), with_keys(rsa_pem()), with_keys(set())] {
        for header in UNSIGNED {
            for token in [format!("{header}.{claims}."), format!("{header}.{claims}.{signature}")] {
                assert_eq!(refused(&settings, bearing(&token)), UNREADABLE);
            }
        }
    }
}

/// A reader of the public key could sign with it if it were taken for a secret.
#[test]
fn a_public_key_is_no_secret() {
    let bytes = [RSA_PUBLIC, RSA_PUBLIC.trim(), P256_PUBLIC, P256_PUBLIC.trim()];
    for key in bytes.map(|bytes| EncodingKey::from_secret(bytes.as_bytes())) {
        let token = sign(Algorithm::HS256, Some("r1"), &claims(), &key);
        for keys in [rsa_pem(), p256_pem(), set()] {
            assert_eq!(refused(&with_keys(keys), bearing(&token)), ALGORITHM);
        }
    }
}

#[test]
fn the_algorithm_is_the_keys() {
    for algorithm in [Algorithm::RS384, Algorithm::RS512, Algorithm::PS256] {
        let token = sign(algorithm, Some("r1"), &claims(), &rsa());
        for keys in [rsa_pem(), set()] {
            assert_eq!(refused(&with_keys(keys), bearing(&token)), ALGORITHM);
        }
    }
    for algorithm in [Algorithm::HS384, Algorithm::HS512] {
        let token = sign(algorithm, None, &claims(), &secret());
        assert_eq!(refused(&settings(), bearing(&token)), ALGORITHM);
    }
}

#[test]
fn what_is_no_token_cannot_be_read() {
    let good = token(&claims());
    let not_json = sign(Algorithm::HS256, None, &json!("claims"), &secret());
    let (longer, shorter) = (format!("{good}.x"), good.rsplit_once('.').expect("two dots").0);
    for token in ["x", ".", "..", "a.b", "a.b.c", "é.é.é", "\u{0}", &longer, shorter, &not_json]
    {
        assert_eq!(refused(&settings(), bearing(token)), UNREADABLE, "{token}");
    }
    assert_eq!(refused(&settings(), bearing(&format!("{good}!"))), UNREADABLE);
}

/// RFC 7515 4.1.11: an extension that is not understood makes a token invalid.
#[test]
fn a_token_may_need_no_extension() {
    let mut header = Header::new(Algorithm::HS256);
    header.crit = Some(vec!["http://example.com/bound-to".to_owned()]);
    let token = jsonwebtoken::encode(&header, &claims(), &secret()).expect("the key signs");
    assert_eq!(refused(&settings(), bearing(&token)), "the token needs an extension");
}

#[test]
fn a_token_names_its_key() {
    let settings = with_keys(set());
    allowed(&settings, bearing(&sign(Algorithm::RS256, Some("r1"), &claims(), &rsa())));
    allowed(&settings, bearing(&sign(Algorithm::RS256, Some("r2"), &claims(), &other_rsa())));
    allowed(&settings, bearing(&sign(Algorithm::ES256, Some("e1"), &claims(), &p256())));

    let refusal = |kid| {
        let token = sign(Algorithm::RS256, kid, &claims(), &rsa());
        refused(&settings, bearing(&token))
    };
    assert_eq!(refusal(Some("r2")), WRONG);
    assert_eq!(refusal(Some("e1")), ALGORITHM);
    assert_eq!(refusal(Some("r3")), NO_KEY);
    assert_eq!(refusal(None), NO_KEY);
}

#[test]
fn the_only_key_needs_no_name() {
    let only = |jwk: Value| with_keys(jwks(&[jwk]));
    let settings = only(jwk(&p256(), Algorithm::ES256, "e1"));
    allowed(&settings, bearing(&sign(Algorithm::ES256, None, &claims(), &p256())));
    allowed(&settings, bearing(&sign(Algorithm::ES256, Some("e1"), &claims(), &p256())));
    let token = sign(Algorithm::ES256, Some("e2"), &claims(), &p256());
    assert_eq!(refused(&settings, bearing(&token)), NO_KEY);

    let mut nameless = jwk(&rsa(), Algorithm::RS256, "");
    nameless.as_object_mut().expect("an object").remove("kid");
    let settings = only(nameless);
    allowed(&settings, bearing(&sign(Algorithm::RS256, None, &claims(), &rsa())));
}

/// Keys that are not for us are passed over, and do not count.
#[test]
fn a_set_may_hold_keys_for_others() {
    let with = |name: &str, value: Value| {
        let mut jwk = jwk(&rsa(), Algorithm::RS256, "r1");
        jwk[name] = value;
        jwk
    };
    let secret =
        json!({"kty": "oct", "kid": "s1", "alg": "HS256", "k": "YSBzZWNyZXQgdGhhdCBpcyBs"});
    let others = [
        with("use", json!("enc")),
        with("alg", json!("PS256")),
        with("key_ops", json!(["encrypt"])),
        json!({"kty": "OKP", "crv": "Ed25519", "kid": "o1", "x": "AAAA"}),
        json!({"kty": "EC", "crv": "P-384", "kid": "e3", "x": "AAAA", "y": "AAAA"}),
        json!({"kty": "AKP", "kid": "a1", "alg": "ML-DSA-65", "pub": "AAAA"}),
        secret,
    ];
    let mut keys = others.to_vec();
    keys.push(jwk(&other_rsa(), Algorithm::RS256, "r2"));
    let settings = with_keys(jwks(&keys));
    allowed(&settings, bearing(&sign(Algorithm::RS256, None, &claims(), &other_rsa())));
    let token = sign(Algorithm::RS256, Some("r1"), &claims(), &rsa());
    assert_eq!(refused(&settings, bearing(&token)), NO_KEY);
    let key = EncodingKey::from_secret(b"a secret that is l");
    let token = sign(Algorithm::HS256, Some("s1"), &claims(), &key);
    assert_eq!(refused(&settings, bearing(&token)), NO_KEY);
}
