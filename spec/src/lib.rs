//! The promises of a serverless WebSocket service, in a form that a program can check.
//!
//! A run of anything (a simulation, a local server, a probe of a live stage) is recorded as a
//! [`History`]. A [`Judge`] reads it event by event and checks it against [`properties::ALL`].
//! Nothing in this crate depends on the maker of the history.
//!
//! ```
//! use stormglass_spec::history::{Event, EventKind};
//! use stormglass_spec::{Judge, Time, properties};
//!
//! let open = |number, kind| Event { number, at: Time::from_millis(5), cause: None, kind };
//! let mut judge = Judge::new(&properties::ALL);
//! judge.observe(&open(1, EventKind::HandshakeAsked { connection: "ana1".into() })).unwrap();
//!
//! // The gateway opens the connection although nobody stored its row.
//! let broken = judge.observe(&open(2, EventKind::HandshakeOpened { connection: "ana1".into() }));
//! let violation = broken.unwrap_err();
//! assert_eq!(violation.property, "row-before-open");
//! assert_eq!(
//!     violation.because,
//!     "ana1 opened in step 2, but its row had never been stored: no broadcast can find it."
//! );
//! ```
//!
//! - [`history`]: the events.
//! - [`properties`]: the promises, one file each.
//! - [`ready`]: further promises for any application, some with parameters.
//! - [`witnesses`]: the situations that a search must have met for its silence to mean anything.
//! - [`ledger`]: the state of the world that follows from the events.
//! - [`name`]: the names of connections, messages, invocations, calls and rows.
//! - [`need`]: the things that a history must hold for a promise to have a subject.
//! - [`line`](mod@line): an event in words.
//! - [`quotas`]: the limits of AWS.
//! - [`hash`]: the pinned hash behind everything that looks random.
//! - [`document`]: the specification as a text for people.

pub mod document;
pub mod hash;
pub mod history;
pub mod ledger;
pub mod line;
pub mod name;
pub mod need;
mod pending;
pub mod properties;
mod property;
pub mod quotas;
pub mod ready;
mod sketch;
mod time;
pub mod witnesses;

pub use history::{Event, History};
pub use ledger::Ledger;
pub use name::Name;
pub use need::Need;
pub use pending::pending;
pub use property::{Judge, Monitor, MonitorMaker, Property, PropertyKind, Violation};
pub use sketch::Sketch;
pub use time::Time;

/// The wall clock at the start of every run, in ms since 1970: 2026-01-01T00:00:00Z.
pub const EPOCH_MS: u64 = 1_767_225_600_000;

/// The region of the simulated services.
pub const REGION: &str = "eu-central-1";

/// The seed of every draw that no case decides: ids, jitter, base latencies.
pub const CONSTANT: u64 = 0x5701_2361_a55e_0001;
