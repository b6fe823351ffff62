//! A Lambda authorizer that opens a WebSocket API to the bearers of a JSON Web Token.
//!
//! The gateway asks the authorizer before it runs `$connect` (FACTS 1.2, 1.22). [`Authorizer`]
//! accepts a handshake on three conditions:
//!
//! 1. The handshake carries exactly one token.
//! 2. The token is signed with a key from the [`Settings`].
//! 3. The claims of the token are meant for this service and for this moment.
//!
//! The answer to an accepted handshake is a [`Policy`]. The answer to any other is an
//! [`UnauthorizedError`], which is always the same: only the log has the reason.
//!
//! The time comes from the `TimeSource` that the authorizer is built with. Neither the authorizer
//! nor the JWT library reads another clock.
//!
//! # Map
//!
//! The modules, in the order in which a handshake meets them:
//!
//! - `settings`: the settings of a deployment, and the variables that hold them;
//! - `keys`: the keys that tokens are signed with; `jwks`: the keys of a JWK set;
//! - `key`: one key with its algorithm, and the reasons why a key cannot be used;
//! - `authorizer`: the handler, from an event to its answer and its line in the log;
//! - `request`: the checks of an event, and the token in it;
//! - `token`: the check of the signature;
//! - `claims`: the checks of the issuer, the audience and the times of a token;
//! - `policy`: the answer that accepts a handshake;
//! - `refusal`: the answer that refuses it.

mod authorizer;
mod claims;
mod jwks;
mod key;
mod keys;
mod policy;
mod refusal;
mod request;
mod settings;
mod token;

pub use authorizer::Authorizer;
pub use key::KeyError;
pub use keys::Keys;
pub use policy::Policy;
pub use refusal::UnauthorizedError;
pub use settings::{Settings, SettingsError};
