//! The drawings of the page, as SVG in its text.
//!
//! - `canvas`: what all of them have in common, colours above all.
//! - `coverage`: how many pairs of events had been met.
//! - `events`: how many events a run has.
//! - `latency`: how long broadcasts take.
//! - `hunt`: what it takes to find what is known to be bad.

mod canvas;
mod coverage;
mod events;
mod hunt;
mod latency;

use std::fmt::{self, Write};

pub(super) use canvas::style;

use super::sections::heading;
use crate::record::{Exploration, KnownBad};

/// Writes the sections that have drawings.
pub(super) fn write(
    page: &mut String,
    exploration: &Exploration,
    known_bad: Option<&KnownBad>,
) -> fmt::Result {
    writeln!(page, "<div class=\"plots\">")?;
    heading(page, "coverage", "Coverage over time")?;
    page.push_str(&coverage::figure(exploration));
    writeln!(page, "</section>")?;
    heading(page, "events", "Events per run")?;
    page.push_str(&events::figure(exploration));
    writeln!(page, "</section>\n</div>")?;
    heading(page, "latency", "Broadcast latency by fan-out")?;
    latency::write(page, exploration)?;
    writeln!(page, "</section>")?;
    heading(page, "hunt", "Seeds to find what is known to be bad")?;
    hunt::write(page, known_bad)?;
    writeln!(page, "</section>")
}
