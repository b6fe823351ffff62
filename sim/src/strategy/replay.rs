//! Replays a schedule.

use super::Strategy;
use crate::case::{Choice, Key, Menu, Schedule};

/// Deviates exactly where a schedule says so.
#[derive(Clone, Debug)]
pub struct Replay {
    schedule: Schedule,
}

impl Replay {
    /// Makes a strategy that follows this schedule.
    pub fn new(schedule: Schedule) -> Replay {
        Replay { schedule }
    }

    /// Makes a strategy that never deviates.
    pub fn dull() -> Replay {
        Replay::new(Schedule::default())
    }
}

impl Strategy for Replay {
    fn choose(&mut self, key: &Key, menu: &Menu) -> Option<Choice> {
        self.schedule.deviations.get(key).copied().filter(|choice| menu.offers(*choice))
    }
}
