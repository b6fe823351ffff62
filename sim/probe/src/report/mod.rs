//! The report of a probe, for people and for programs.

mod json;
mod story;
mod text;

use super::figures::Figures;
use super::run::ProbeSettings;
use super::verdict::PropertyVerdict;

pub use story::picture;

/// The report of a probe.
#[derive(Debug)]
pub struct ProbeReport<'a> {
    /// The address of the endpoint.
    pub address: &'a str,
    /// The settings of the run.
    pub settings: ProbeSettings,
    /// The command that plays the same workload again.
    pub again: &'a str,
    /// True if every step was taken.
    pub is_whole: bool,
    /// The verdict on each promise.
    pub verdicts: &'a [PropertyVerdict],
    /// The first message that any client got, if there is one.
    pub first_message: Option<&'a str>,
    /// The speed of the endpoint.
    pub figures: &'a Figures,
    /// The paths of the pictures of broken promises, by promise.
    pub pictures: &'a [(&'static str, String)],
}

impl ProbeReport<'_> {
    /// Returns true if a promise is broken.
    pub fn is_broken(&self) -> bool {
        self.verdicts.iter().any(PropertyVerdict::is_broken)
    }

    /// Returns true if no client ever got a broadcast, and no promise is known to be broken. The
    /// run then proves nothing.
    pub fn is_vacuous(&self) -> bool {
        self.figures.receiver.is_none() && !self.is_broken()
    }

    /// Returns the verdict in a word.
    pub fn word(&self) -> &'static str {
        match (self.is_broken(), self.is_vacuous()) {
            (true, _) => "FAILED",
            (false, true) => "ASLEEP",
            (false, false) => "HELD",
        }
    }
}
