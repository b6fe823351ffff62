//! The keys that tokens are signed with.

use p256::pkcs8::DecodePublicKey;

use crate::jwks;
use crate::key::{Key, KeyError};

/// The keys that tokens are signed with. Their debug form shows no key.
#[derive(Clone, Debug)]
pub struct Keys(Choice);

/// The keys that a token may choose from.
#[derive(Clone, Debug)]
enum Choice {
    /// One key for all tokens, with or without a `kid`.
    One(Key),
    /// Several keys, each with its `kid` if it has one.
    Named(Vec<(Option<String>, Key)>),
}

impl Keys {
    /// Takes a secret for HS256. The key is made of the bytes of the text, as they are.
    ///
    /// # Errors
    ///
    /// The secret is so short that it could be guessed.
    pub fn from_secret(secret: &str) -> Result<Keys, KeyError> {
        Key::hs256(secret).map(|key| Keys(Choice::One(key)))
    }

    /// Reads a public key for RS256 or ES256 from a PEM block `PUBLIC KEY` (RFC 7468 13).
    ///
    /// # Errors
    ///
    /// The text is something else, such as a private key, or the key is too weak.
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

    /// Reads the public keys for RS256 and ES256 from a JWK set (RFC 7517 5).
    ///
    /// Keys of other kinds and for other uses are ignored, as the RFC demands. Secrets are ignored
    /// too, because a JWK set is a public document.
    ///
    /// # Errors
    ///
    /// The text is not a JWK set, or no key in it can be used. A key for RS256 or ES256 is broken
    /// or too weak, or several of them have the same `kid`.
    pub fn from_jwks(json: &str) -> Result<Keys, KeyError> {
        jwks::parse(json).map(|keys| Keys(Choice::Named(keys)))
    }

    /// Returns the key of a token that names the key `kid`, if there is such a key.
    ///
    /// A token that names no key has the only key, if there is only one.
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
