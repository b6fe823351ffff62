//! The keys that tokens are signed with, and the algorithm that each is for.

use jsonwebtoken::{Algorithm, DecodingKey};
use p256::pkcs8::DecodePublicKey;
use rsa::traits::PublicKeyParts;

use crate::jwks;

/// As long as the output of the hash function (RFC 7518 3.2).
const SECRET_BYTES_MIN: usize = 32;

/// RFC 7518 3.3.
const RSA_BITS_MIN: usize = 2048;

/// The keys that tokens are signed with. What is printed of them has no key in it.
#[derive(Clone, Debug)]
pub struct Keys(Choice);

#[derive(Clone, Debug)]
enum Choice {
    /// For every token, whichever key it names.
    One(Key),
    /// Each with its `kid`, if it has one.
    Named(Vec<(Option<String>, Key)>),
}

impl Keys {
    /// The secret of HS256. Its bytes are the key, as they are.
    ///
    /// # Errors
    ///
    /// It is so short that it can be found by trying.
    pub fn from_secret(secret: &str) -> Result<Keys, KeyError> {
        if secret.len() < SECRET_BYTES_MIN {
            return Err(KeyError::ShortSecret);
        }
        let decoding = DecodingKey::from_secret(secret.as_bytes());
        Ok(Keys(Choice::One(Key { algorithm: Algorithm::HS256, decoding })))
    }

    /// The public key of RS256 or of ES256: a PEM block `PUBLIC KEY` (RFC 7468 13).
    ///
    /// # Errors
    ///
    /// It is something else, such as a private key, or it is too weak.
    pub fn from_public_key(pem: &str) -> Result<Keys, KeyError> {
        let pem = pem.trim();
        let key = if let Ok(key) = rsa::RsaPublicKey::from_public_key_pem(pem) {
            Key::rs256(&key)?
        } else {
            let key = p256::PublicKey::from_public_key_pem(pem);
            Key::es256(&key.map_err(|_| KeyError::NoPublicKey)?)
        };
        Ok(Keys(Choice::One(key)))
    }

    /// The public keys of RS256 and ES256 in a JWK set (RFC 7517 5).
    ///
    /// Keys of other kinds and for other uses are passed over, as the RFC wants it. That holds for
    /// secrets too: a document that is made to be public is no place for one.
    ///
    /// # Errors
    ///
    /// It is no JWK set, no key in it can be used, one that is for us is broken or too weak, or
    /// several have the same `kid`.
    pub fn from_jwks(json: &str) -> Result<Keys, KeyError> {
        jwks::parse(json).map(|keys| Keys(Choice::Named(keys)))
    }

    /// The key of a token that names the key called `kid`, or none.
    ///
    /// A token that names none is signed with the only key that there is.
    pub(crate) fn choose(&self, kid: Option<&str>) -> Option<&Key> {
        match (&self.0, kid) {
            (Choice::One(key), _) => Some(key),
            (Choice::Named(keys), Some(_)) => {
                keys.iter().find(|(name, _)| name.as_deref() == kid).map(|(_, key)| key)
            }
            (Choice::Named(keys), None) => match &keys[..] {
                [(_, key)] => Some(key),
                _ => None,
            },
        }
    }
}

/// A key, and the one algorithm that it is for.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) algorithm: Algorithm,
    pub(crate) decoding: DecodingKey,
}

impl Key {
    pub(crate) fn rs256(key: &rsa::RsaPublicKey) -> Result<Key, KeyError> {
        if key.n().bits() < RSA_BITS_MIN {
            return Err(KeyError::WeakRsaKey);
        }
        let (modulus, exponent) = (key.n().to_bytes_be(), key.e().to_bytes_be());
        let decoding = DecodingKey::from_rsa_raw_components(&modulus, &exponent);
        Ok(Key { algorithm: Algorithm::RS256, decoding })
    }

    pub(crate) fn es256(key: &p256::PublicKey) -> Key {
        let decoding = DecodingKey::from_ec_der(&key.to_sec1_bytes());
        Key { algorithm: Algorithm::ES256, decoding }
    }
}

/// Why a key cannot be used. Says nothing about the key but that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// A secret is shorter than the output of HS256.
    #[error("must be at least 32 bytes long")]
    ShortSecret,

    /// A text is no public key of one of our algorithms.
    #[error("must be a PEM block PUBLIC KEY, of an RSA key up to 4096 bits or a P-256 key")]
    NoPublicKey,

    /// An RSA key is shorter than RS256 allows.
    #[error("must have no RSA key of less than 2048 bits")]
    WeakRsaKey,

    /// A text is no JWK set.
    #[error("must be a JWK set: a JSON object with an array `keys` of objects")]
    NoKeySet,

    /// A JWK is for RS256 or ES256, but does not have the numbers that make one.
    #[error("has a key for RS256 or ES256 that cannot be read")]
    BrokenKey,

    /// Two keys of a JWK set have the same `kid`.
    #[error("has several keys for RS256 or ES256 with the same `kid`")]
    AmbiguousKeys,

    /// No key of a JWK set is for RS256 or ES256.
    #[error("has no key for signatures with RS256 or ES256")]
    NoUsableKey,
}
