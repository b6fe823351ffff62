//! A case: the plan of the outside world, and the schedule of deviations.
//!
//! A case is complete: the same case gives the same run, byte for byte, on any machine. It has a
//! compact text form that people read, compare and paste; [`text`] has the grammar.

mod cursor;
mod deployment;
mod plan;
mod schedule;
pub mod settings;
pub mod text;

pub use deployment::Deployment;
pub use plan::{Action, Client, Close, Handshake, Plan, Step, WORLD};
pub(crate) use plan::{CLOSER, fill};
pub use schedule::{Choice, Key, Menu, Schedule};
pub use text::{CaseError, VERSION};

use std::fmt;

use crate::faults::Fault;

/// A plan and a schedule: everything that a run needs.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Case {
    /// The steps of the clients, and the deployment of the service.
    pub plan: Plan,
    /// The deviations from a dull run.
    pub schedule: Schedule,
}

/// Writes the text of the case, so that a person can paste it from the message of a failed test.
impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
