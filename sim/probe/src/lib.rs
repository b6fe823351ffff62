//! `cargo probe`: real clients hold a live endpoint to the promises of the specification.
//!
//! A seeded workload runs against any WebSocket endpoint: this project's `cargo serve`, an
//! emulator, a deployed stage. What its clients see is read as a history of the specification, and
//! the same monitors judge it that judge a simulation. What may be innocent, because nobody outside
//! can see why it happened, is suspect and not broken: [`JUDGED`] says which is which.
//!
//! | module | what is in it |
//! |---|---|
//! | `workload`, `payload` | what clients do, and what they broadcast |
//! | `format`, `pointer` | how the messages of an API look |
//! | `dial` | an address, and a socket there |
//! | `player`, `run` | clients, and a run of them |
//! | `observation` | what they see |
//! | `attribution` | what made the endpoint send each message |
//! | `reading` | what may have happened inside |
//! | `verdict` | the promises |
//! | `figures` | how fast it was |
//! | `report` | all of it, for people and for programs |

mod attribution;
mod command;
mod dial;
mod figures;
mod format;
mod observation;
mod payload;
mod player;
mod pointer;
mod reading;
pub mod report;
mod run;
mod verdict;
mod workload;

pub use command::main;
pub use dial::{DialError, Target, TargetError};
pub use figures::{FanOut, Figures, Spread};
pub use format::{AcknowledgementRule, FormatError, MessageFormat};
pub use observation::{Observation, ObservationKind};
pub use payload::RunId;
pub use run::{ProbeRun, ProbeSettings, UnreachableError, run};
pub use verdict::{Assumptions, Finding, JUDGED, JudgedProperty, PropertyVerdict, judge};
pub use workload::{Broadcast, ClientPlan, ClientStep, Workload};
