//! The keys of a JWK set that can check the signatures of tokens (RFC 7517).

use jsonwebtoken::{DecodingKey, DecodingKeyKind};
use rsa::BigUint;
use serde::Deserialize;
use serde_json::Value;

use crate::key::{Key, KeyError};

/// A JWK set.
#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Value>,
}

/// The parameters that decide if a key can be used.
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    crv: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    key_ops: Option<Vec<String>>,
    kid: Option<String>,
}

/// The numbers of an RSA key, in base64url.
#[derive(Deserialize)]
struct RsaParameters {
    n: String,
    e: String,
}

/// The point of a key on an elliptic curve, in base64url.
#[derive(Deserialize)]
struct EcParameters {
    x: String,
    y: String,
}

/// Reads the keys for RS256 and ES256, each with its `kid`.
///
/// # Errors
///
/// The text is not a JWK set, no key in it can be used, a key for RS256 or ES256 is broken or too
/// weak, or several of them have the same `kid`.
pub(crate) fn parse(json: &str) -> Result<Vec<(Option<String>, Key)>, KeyError> {
    let set: KeySet = serde_json::from_str(json).map_err(|_| KeyError::NoKeySet)?;
    let mut usable: Vec<(Option<String>, Key)> = Vec::new();
    for value in set.keys {
        let jwk = Jwk::deserialize(&value).map_err(|_| KeyError::NoKeySet)?;
        let Some(key) = read(&jwk, &value)? else { continue };
        if jwk.kid.is_some() && usable.iter().any(|(kid, _)| *kid == jwk.kid) {
            return Err(KeyError::AmbiguousKeys);
        }
        usable.push((jwk.kid, key));
    }
    if usable.is_empty() { Err(KeyError::NoUsableKey) } else { Ok(usable) }
}

/// Reads a key, if it is for RS256 or ES256.
fn read(jwk: &Jwk, value: &Value) -> Result<Option<Key>, KeyError> {
    match (jwk.kty.as_str(), jwk.crv.as_deref()) {
        ("RSA", _) if jwk.is_for("RS256") => rsa_key(value).map(Some),
        ("EC", Some("P-256")) if jwk.is_for("ES256") => ec_key(value).map(Some),
        _ => Ok(None),
    }
}

impl Jwk {
    /// Reports whether the parameters allow the key to check signatures of an algorithm.
    fn is_for(&self, algorithm: &str) -> bool {
        let verifies = |operations: &Vec<String>| operations.iter().any(|name| name == "verify");
        self.alg.as_deref().is_none_or(|alg| alg == algorithm)
            && self.purpose.as_deref().is_none_or(|purpose| purpose == "sig")
            && self.key_ops.as_ref().is_none_or(verifies)
    }
}

fn rsa_key(value: &Value) -> Result<Key, KeyError> {
    let parameters = RsaParameters::deserialize(value).map_err(|_| KeyError::BrokenKey)?;
    let decoded = DecodingKey::from_rsa_components(&parameters.n, &parameters.e);
    let decoded = decoded.map_err(|_| KeyError::BrokenKey)?;
    let DecodingKeyKind::RsaModulusExponent { n, e } = decoded.kind() else {
        return Err(KeyError::BrokenKey);
    };
    let key = rsa::RsaPublicKey::new(BigUint::from_bytes_be(n), BigUint::from_bytes_be(e));
    Key::rs256(&key.map_err(|_| KeyError::BrokenKey)?)
}

fn ec_key(value: &Value) -> Result<Key, KeyError> {
    let parameters = EcParameters::deserialize(value).map_err(|_| KeyError::BrokenKey)?;
    let decoded = DecodingKey::from_ec_components(&parameters.x, &parameters.y);
    let decoded = decoded.map_err(|_| KeyError::BrokenKey)?;
    let DecodingKeyKind::SecretOrDer(point) = decoded.kind() else {
        return Err(KeyError::BrokenKey);
    };
    let key = p256::PublicKey::from_sec1_bytes(point).map_err(|_| KeyError::BrokenKey)?;
    Ok(Key::es256(&key))
}
