//! A Lambda authorizer that opens a WebSocket API to the bearers of a JSON Web Token.
//!
//! The gateway asks it before it runs `$connect` (FACTS 1.2, 1.22). [`Authorizer`] lets the
//! handshake go on if it carries exactly one token, if that token is signed with a key from the
//! [`Settings`], and if its claims are meant for this service and for this moment. All other
//! handshakes get the same answer, [`Unauthorized`]: only the log says why.
//!
//! The time comes from the `TimeSource` that the authorizer is built with, never from a clock of
//! its own or of the JWT library.
//!
//! The modules, in the order in which a handshake meets them:
//!
//! - `settings`: what a deployment decides;
//! - `keys`, `jwks`: the keys that tokens are signed with, and the algorithm that each is for;
//! - `request`: what an event must say before anything is done about it;
//! - `token`: the signature;
//! - `claims`: for whom, by whom, and for when a token is;
//! - `policy`: the answer that lets a handshake go on;
//! - `refusal`: the answer that ends it.

mod authorizer;
mod claims;
mod jwks;
mod keys;
mod policy;
mod refusal;
mod request;
mod settings;
mod token;

pub use authorizer::Authorizer;
pub use keys::{KeyError, Keys};
pub use policy::Policy;
pub use refusal::Unauthorized;
pub use settings::{Settings, SettingsError};
