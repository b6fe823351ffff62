//! Counts of the faults that a run was offered, that it met, and that mattered.

use super::catalogue::ALL;

/// The number of times that one fault was offered, was met, and mattered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// The number of points of choice at which the fault could have struck.
    pub offered: u64,
    /// The number of times that the fault struck.
    pub met: u64,
    /// The number of times that the fault changed anything.
    pub mattered: u64,
}

/// The counts of all faults, in the order of the catalogue.
pub type Counts = [Count; ALL.len()];
