//! What a deployment decides.

use std::time::Duration;

use crate::keys::{KeyError, Keys};

const LEEWAY_S_MAX: u64 = 300;

/// What the gateway itself puts beside the claims, in `requestContext.authorizer` of every event.
const GATEWAY_NAMES: [&str; 2] = ["principalId", "integrationLatency"];

/// What a deployment decides, with defaults for all but the keys, the issuer and the audience.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The keys that tokens are signed with.
    pub keys: Keys,

    /// Who issues the tokens: their `iss`, letter for letter.
    pub issuer: String,

    /// For whom the tokens are: their `aud`, or one of them, letter for letter.
    pub audience: String,

    /// How far the clock of the issuer may differ from ours: 60 s by default.
    ///
    /// RFC 7519 4.1.4 wants this to be no more than a few minutes. Clocks that are synchronised
    /// at all are closer than one, and next to the 2 h for which a connection may outlive its
    /// token (FACTS 3.1) one minute is nothing.
    pub leeway: Duration,

    /// The names of the claims that later events are to carry besides `sub`. None by default.
    pub claims: Vec<String>,
}

impl Settings {
    /// The name of every variable that [`Settings::from_variables`] reads.
    pub const VARIABLES: [&str; 7] = [
        "JWT_SECRET",
        "JWT_PUBLIC_KEY",
        "JWT_JWKS",
        "JWT_ISSUER",
        "JWT_AUDIENCE",
        "JWT_LEEWAY_S",
        "JWT_CLAIMS",
    ];

    /// The defaults, for tokens that `issuer` signs with one of these `keys` for `audience`.
    pub fn new(keys: Keys, issuer: impl Into<String>, audience: impl Into<String>) -> Settings {
        Settings {
            keys,
            issuer: issuer.into(),
            audience: audience.into(),
            leeway: Duration::from_secs(60),
            claims: Vec::new(),
        }
    }

    /// Reads the settings from variables, which are usually those of the environment.
    ///
    /// | variable         | meaning                                                             |
    /// |------------------|---------------------------------------------------------------------|
    /// | `JWT_SECRET`     | the secret of HS256, as it is: at least 32 bytes                    |
    /// | `JWT_PUBLIC_KEY` | the public key of RS256 or ES256: a PEM block `PUBLIC KEY`          |
    /// | `JWT_JWKS`       | the public keys of RS256 and ES256: a JWK set, as JSON              |
    /// | `JWT_ISSUER`     | [`issuer`](Settings::issuer), required                              |
    /// | `JWT_AUDIENCE`   | [`audience`](Settings::audience), required                          |
    /// | `JWT_LEEWAY_S`   | [`leeway`](Settings::leeway), in seconds: at most 300               |
    /// | `JWT_CLAIMS`     | [`claims`](Settings::claims), with commas                           |
    ///
    /// Exactly one of the first three is set. A variable that is empty counts as one that is not
    /// set, because deployment templates cannot always leave a variable out.
    ///
    /// # Errors
    ///
    /// The first variable that is missing or cannot be understood. No error has any part of a
    /// secret or of a key in it.
    pub fn from_variables(
        read: impl Fn(&str) -> Option<String>,
    ) -> Result<Settings, SettingsError> {
        let read = |name: &str| read(name).filter(|value| !value.trim().is_empty());
        let keys = keys(&read)?;
        let issuer = read("JWT_ISSUER").ok_or(SettingsError::Missing("JWT_ISSUER"))?;
        let audience = read("JWT_AUDIENCE").ok_or(SettingsError::Missing("JWT_AUDIENCE"))?;
        let default = Settings::new(keys, issuer, audience);
        Ok(Settings {
            leeway: read("JWT_LEEWAY_S").map_or(Ok(default.leeway), leeway)?,
            claims: read("JWT_CLAIMS").map_or(Ok(Vec::new()), claims)?,
            ..default
        })
    }
}

/// Why settings could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// A variable that has no default is not set.
    #[error("the variable {0} is not set")]
    Missing(&'static str),

    /// A variable is set to something else than is `wanted`.
    #[error("the variable {variable} must be {wanted}, but it is {found:?}")]
    Invalid {
        /// The variable's name.
        variable: &'static str,
        /// What it may be set to.
        wanted: &'static str,
        /// What it is set to.
        found: String,
    },

    /// There is no key, or there are several variables with keys.
    #[error("exactly one of JWT_SECRET, JWT_PUBLIC_KEY and JWT_JWKS must be set, not {0}")]
    KeyVariables(usize),

    /// The variable that must hold a key holds none that can be used.
    #[error("the variable {variable} {problem}")]
    Key {
        /// The variable's name.
        variable: &'static str,
        /// What is wrong with what it is set to.
        problem: KeyError,
    },
}

type Parse = fn(&str) -> Result<Keys, KeyError>;

fn keys(read: &impl Fn(&str) -> Option<String>) -> Result<Keys, SettingsError> {
    let sources: [(&'static str, Parse); 3] = [
        ("JWT_SECRET", Keys::from_secret),
        ("JWT_PUBLIC_KEY", Keys::from_public_key),
        ("JWT_JWKS", Keys::from_jwks),
    ];
    let set = sources.map(|(variable, parse)| read(variable).map(|text| (variable, parse, text)));
    let set: Vec<_> = set.into_iter().flatten().collect();
    let [(variable, parse, text)] = &set[..] else {
        return Err(SettingsError::KeyVariables(set.len()));
    };
    parse(text).map_err(|problem| SettingsError::Key { variable, problem })
}

/// The limit also stops whoever thinks that this is in milliseconds.
fn leeway(found: String) -> Result<Duration, SettingsError> {
    match found.trim().parse() {
        Ok(seconds) if seconds <= LEEWAY_S_MAX => Ok(Duration::from_secs(seconds)),
        _ => {
            let (variable, wanted) = ("JWT_LEEWAY_S", "a whole number from 0 to 300");
            Err(SettingsError::Invalid { variable, wanted, found })
        }
    }
}

fn claims(found: String) -> Result<Vec<String>, SettingsError> {
    let names = found.split(',').map(str::trim).filter(|name| !name.is_empty());
    let names: Vec<String> = names.map(String::from).collect();
    if !names.iter().any(|name| GATEWAY_NAMES.contains(&name.as_str())) {
        return Ok(names);
    }
    let wanted = "names of claims with commas between them, without principalId and \
                  integrationLatency, which are the gateway's";
    Err(SettingsError::Invalid { variable: "JWT_CLAIMS", wanted, found })
}
