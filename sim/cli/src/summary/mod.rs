//! The figures of an exploration.
//!
//! - `text`: the figures for people.
//! - `json`: the figures for programs.
//! - `vacuity`: the situations that an exploration should have met, and did not.
//! - `pace`: the speed of the work.

mod json;
mod pace;
mod text;
mod vacuity;

use std::time::Duration;

use stormglass_sim::App;
use stormglass_sim::search::explore::{Search, Summary};
use stormglass_sim::strategy::Families;

pub(crate) use json::find_as_json;
pub(crate) use pace::Pace;
pub(crate) use vacuity::Vacuity;

/// The figures of an exploration.
pub(crate) struct Figures<'a> {
    pub(crate) app: &'a dyn App,
    pub(crate) search: Search,
    pub(crate) families: Families,
    /// The first seed.
    pub(crate) from: u64,
    pub(crate) summary: &'a Summary,
    pub(crate) vacuity: &'a Vacuity,
    pub(crate) wall: Duration,
}

impl Figures<'_> {
    fn pace(&self) -> Pace {
        let summary = self.summary;
        Pace {
            wall: self.wall,
            runs: summary.seeds,
            unit: "seeds",
            calls: summary.calls,
            events: summary.events,
            virtual_us: summary.virtual_us,
        }
    }
}
