//! How often faults were offered, met, and mattered.

use super::catalogue::ALL;

/// How often a fault could have happened, did happen, and changed anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// How often the schedule was asked.
    pub offered: u64,
    /// How often it happened.
    pub met: u64,
    /// How often it mattered.
    pub mattered: u64,
}

/// The counts of all faults, in the order of the catalogue.
pub type Counts = [Count; ALL.len()];
