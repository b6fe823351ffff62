//! `cargo probe`: real clients hold a live endpoint to the promises of the specification.
//!
//! A seeded workload runs against any WebSocket endpoint: this project's `cargo serve`, an
//! emulator, a deployed stage. The observations of its clients are read as a history of the
//! specification, and the same monitors judge it that judge a simulation. An observation that may
//! be innocent, for a reason that no client can see, makes a promise suspect and not broken:
//! [`JUDGED`] has the difference for each promise.
//!
//! ```no_run
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! use stormglass_probe::{Assumptions, MessageFormat, ProbeSettings, Target, judge, run};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let target = Target::parse("ws://127.0.0.1:3001")?;
//! let format = MessageFormat::default();
//! let settings = ProbeSettings {
//!     seed: 7,
//!     clients: 20,
//!     messages: 200,
//!     time_max: Duration::from_secs(30),
//!     settle: Duration::from_secs(3),
//! };
//! let run = run(&target, &format, &settings, Arc::default(), std::future::pending()).await?;
//! for verdict in judge(&run, &format, Assumptions::default(), settings.settle) {
//!     println!("{}: {}", verdict.judged.property.id, verdict.word());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! The whole command line is [`main`].
//!
//! # Map
//!
//! - `workload`, `payload`: the steps of the clients, and the payloads of their broadcasts.
//! - `format`, `pointer`: the format of an API's messages.
//! - `dial`: an address, and a socket there.
//! - `player`, `run`: a client, and a run of all of them.
//! - `program`: clients that run programs of their own, on real sockets.
//! - `frame`, `retention`: the kinds of frames that a client gets, and the frames that are kept.
//! - `observation`: the observations of the clients.
//! - `message`: the messages that they sent, and their effects.
//! - `attribution`, `unanswered`: the cause of each message that a client got.
//! - `reading`: the events that may have happened inside the endpoint.
//! - `verdict`: the verdicts on the promises.
//! - `figures`: the speed of the endpoint.
//! - [`report`]: all of it, for people and for programs.
//! - `command`: the command line.

mod attribution;
mod command;
mod dial;
mod figures;
mod format;
mod frame;
mod message;
mod observation;
mod payload;
mod player;
mod pointer;
mod program;
mod reading;
pub mod report;
mod retention;
mod run;
mod unanswered;
mod verdict;
mod workload;

pub use command::main;
pub use dial::{DialError, Target, TargetError};
pub use figures::{FanOut, Figures, Spread};
pub use format::{AcknowledgementRule, FormatError, MessageFormat};
pub use observation::{Observation, ObservationKind};
pub use payload::RunId;
pub use program::{ProgramClient, drive};
pub use retention::Surplus;
pub use run::{ProbeRun, ProbeSettings, RollCall, UnreachableError, run};
pub use verdict::{Assumptions, Evidence, JUDGED, JudgedProperty, PropertyVerdict, judge};
pub use workload::{Broadcast, ClientPlan, ClientStep, Workload};
