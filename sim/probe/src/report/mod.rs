//! What a probe found, for people and for programs.

mod json;
mod story;
mod text;

use super::figures::Figures;
use super::run::ProbeSettings;
use super::verdict::PropertyVerdict;

pub use story::picture;

/// A report is as wide as this, but for the line that runs the workload again.
const WIDTH: usize = 100;

/// What a probe found.
#[derive(Debug)]
pub struct ProbeReport<'a> {
    /// The address of the endpoint.
    pub address: &'a str,
    /// How it was probed.
    pub settings: ProbeSettings,
    /// The command that does so again.
    pub again: &'a str,
    /// Whether everything was done.
    pub is_whole: bool,
    /// How each promise fared.
    pub verdicts: &'a [PropertyVerdict],
    /// What the first message that any client got was, if there is one.
    pub first: Option<&'a str>,
    /// How fast the endpoint was.
    pub figures: &'a Figures,
    /// The pictures of broken promises, by promise.
    pub pictures: &'a [(&'static str, String)],
}

impl ProbeReport<'_> {
    /// Whether a promise is broken.
    pub fn is_broken(&self) -> bool {
        self.verdicts.iter().any(PropertyVerdict::is_broken)
    }

    /// Whether no client ever got a broadcast, and no promise is known to be broken: then that says
    /// nothing.
    pub fn is_vacuous(&self) -> bool {
        self.figures.receiver.is_none() && !self.is_broken()
    }

    /// The verdict in a word.
    pub fn word(&self) -> &'static str {
        match (self.is_broken(), self.is_vacuous()) {
            (true, _) => "FAILED",
            (false, true) => "ASLEEP",
            (false, false) => "HELD",
        }
    }
}
