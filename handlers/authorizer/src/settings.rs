//! The settings of a deployment, and the variables that hold them.

use std::time::Duration;

use crate::key::KeyError;
use crate::keys::Keys;

/// The longest leeway that a variable may set, in seconds.
const LEEWAY_S_MAX: u64 = 300;

/// The names that the gateway itself adds to the claims in `requestContext.authorizer`.
const GATEWAY_NAMES: [&str; 2] = ["principalId", "integrationLatency"];

/// The settings of a deployment. All but the keys, the issuer and the audience have defaults.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The keys that tokens are signed with.
    pub keys: Keys,

    /// The issuer of the tokens: their `iss`, letter for letter.
    pub issuer: String,

    /// The audience of the tokens: their `aud`, or one of several, letter for letter.
    pub audience: String,

    /// The largest difference between the clock of the issuer and that of this service. By
    /// default 60 s.
    ///
    /// RFC 7519 4.1.4 allows a few minutes at most. Synchronised clocks differ by less than one
    /// minute, and a minute is nothing beside the 2 h by which a connection may outlive its token
    /// (FACTS 3.1).
    pub leeway: Duration,

    /// The names of the claims that later events carry in addition to `sub`. None by default.
    pub claims: Vec<String>,
}

impl Settings {
    /// The names of all variables that [`Settings::from_variables`] reads.
    pub const VARIABLES: [&str; 7] = [
        "JWT_SECRET",
        "JWT_PUBLIC_KEY",
        "JWT_JWKS",
        "JWT_ISSUER",
        "JWT_AUDIENCE",
        "JWT_LEEWAY_S",
        "JWT_CLAIMS",
    ];

    /// The default settings, for tokens that `issuer` signs with one of `keys` for `audience`.
    pub fn new(keys: Keys, issuer: impl Into<String>, audience: impl Into<String>) -> Settings {
        Settings {
            keys,
            issuer: issuer.into(),
            audience: audience.into(),
            leeway: Duration::from_secs(60),
            claims: Vec::new(),
        }
    }

    /// Reads the settings from variables, usually those of the environment.
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
    /// Exactly one of the first three must be set. An empty variable counts as one that is not
    /// set, because deployment templates cannot always leave a variable out.
    ///
    /// # Errors
    ///
    /// A variable is missing or invalid. The error names the first one, and contains no part of a
    /// secret or of a key.
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

/// The reason why settings could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// A variable that has no default is not set.
    #[error("the variable {0} is not set")]
    Missing(&'static str),

    /// The value of a variable is not allowed.
    #[error("the variable {variable} must be {wanted}, but it is {found:?}")]
    Invalid {
        /// The name of the variable.
        variable: &'static str,
        /// A description of the allowed values.
        wanted: &'static str,
        /// The value of the variable.
        found: String,
    },

    /// No variable with a key is set, or several of them are.
    #[error("exactly one of JWT_SECRET, JWT_PUBLIC_KEY and JWT_JWKS must be set, not {0}")]
    KeyVariables(usize),

    /// The key in a variable cannot be used.
    #[error("the variable {variable} {problem}")]
    Key {
        /// The name of the variable.
        variable: &'static str,
        /// The reason why its value is not a key that can be used.
        problem: KeyError,
    },
}

/// A constructor of keys from the value of a variable.
type Parse = fn(&str) -> Result<Keys, KeyError>;

/// Reads the keys from the only variable that may be set for them.
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

/// Reads the leeway. Its limit also refuses a value that was meant in milliseconds.
fn leeway(found: String) -> Result<Duration, SettingsError> {
    match found.trim().parse() {
        Ok(seconds) if seconds <= LEEWAY_S_MAX => Ok(Duration::from_secs(seconds)),
        _ => {
            let (variable, wanted) = ("JWT_LEEWAY_S", "a whole number from 0 to 300");
            Err(SettingsError::Invalid { variable, wanted, found })
        }
    }
}

/// Reads the names of the claims, none of which may be a name of the gateway.
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
