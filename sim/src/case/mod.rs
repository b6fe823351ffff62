//! A case: what the outside world does, and what fate does.
//!
//! A case stands alone: the same case gives the same run, byte for byte, on any machine. It has a
//! compact text form that people read, compare and paste; [`text`] has the grammar.

mod cursor;
mod plan;
mod schedule;
pub mod text;

pub(crate) use plan::CLOSER;
pub use plan::{Action, Client, Deployment, Plan, Step, Upgrade};
pub use schedule::{Choice, Fault, Key, Menu, Schedule};
pub use text::{CaseError, VERSION};

/// A plan and a schedule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Case {
    /// What the outside world does.
    pub plan: Plan,
    /// What fate does.
    pub schedule: Schedule,
}
