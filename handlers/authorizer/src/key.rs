//! One key with its algorithm, and the reasons why a key cannot be used.

use jsonwebtoken::{Algorithm, DecodingKey};
use rsa::traits::PublicKeyParts;

/// The least length of a secret: that of the output of the hash function (RFC 7518 3.2).
const SECRET_BYTES_MIN: usize = 32;

/// The least length of an RSA key (RFC 7518 3.3).
const RSA_BITS_MIN: usize = 2048;

/// A key, and the only algorithm that it is for.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) algorithm: Algorithm,
    pub(crate) decoding: DecodingKey,
}

impl Key {
    /// A secret for HS256.
    ///
    /// # Errors
    ///
    /// The secret is so short that it could be guessed.
    pub(crate) fn hs256(secret: &str) -> Result<Key, KeyError> {
        if secret.len() < SECRET_BYTES_MIN {
            return Err(KeyError::ShortSecret);
        }
        let decoding = DecodingKey::from_secret(secret.as_bytes());
        Ok(Key { algorithm: Algorithm::HS256, decoding })
    }

    /// A public key for RS256.
    ///
    /// # Errors
    ///
    /// The key is too short.
    pub(crate) fn rs256(key: &rsa::RsaPublicKey) -> Result<Key, KeyError> {
        if key.n().bits() < RSA_BITS_MIN {
            return Err(KeyError::WeakRsaKey);
        }
        let (modulus, exponent) = (key.n().to_bytes_be(), key.e().to_bytes_be());
        let decoding = DecodingKey::from_rsa_raw_components(&modulus, &exponent);
        Ok(Key { algorithm: Algorithm::RS256, decoding })
    }

    /// A public key for ES256.
    pub(crate) fn es256(key: &p256::PublicKey) -> Key {
        let decoding = DecodingKey::from_ec_der(&key.to_sec1_bytes());
        Key { algorithm: Algorithm::ES256, decoding }
    }
}

/// The reason why a key cannot be used. It contains no part of the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// A secret is shorter than the output of HS256.
    #[error("must be at least 32 bytes long")]
    ShortSecret,

    /// A text is not a public key of a supported algorithm.
    #[error("must be a PEM block PUBLIC KEY, of an RSA key up to 4096 bits or a P-256 key")]
    NoPublicKey,

    /// An RSA key is shorter than RS256 allows.
    #[error("must have no RSA key of less than 2048 bits")]
    WeakRsaKey,

    /// A text is not a JWK set.
    #[error("must be a JWK set: a JSON object with an array `keys` of objects")]
    NoKeySet,

    /// A JWK is for RS256 or ES256, but its numbers do not make a key.
    #[error("has a key for RS256 or ES256 that cannot be read")]
    BrokenKey,

    /// Two keys of a JWK set have the same `kid`.
    #[error("has several keys for RS256 or ES256 with the same `kid`")]
    AmbiguousKeys,

    /// No key of a JWK set is for RS256 or ES256.
    #[error("has no key for signatures with RS256 or ES256")]
    NoUsableKey,
}
