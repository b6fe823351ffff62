//! A case: what the outside world does, and what fate does.
//!
//! A case stands alone: the same case gives the same run, byte for byte, on any machine. It has a
//! compact text form that people read, compare and paste; [`text`] has the grammar.

mod cursor;
mod deployment;
mod plan;
mod schedule;
pub mod settings;
pub mod text;

pub use deployment::Deployment;
pub use plan::{Action, Client, Close, Plan, Step};
pub(crate) use plan::{CLOSER, fill};
pub use schedule::{Choice, Key, Menu, Schedule};
pub use text::{CaseError, VERSION};

use std::fmt;

use crate::faults::Fault;

/// A plan and a schedule.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Case {
    /// What the outside world does.
    pub plan: Plan,
    /// What fate does.
    pub schedule: Schedule,
}

/// Its text: what a test shows when it fails can be pasted.
impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
