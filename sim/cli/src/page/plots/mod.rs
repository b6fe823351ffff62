//! The drawings of the page, as SVG in its text.
//!
//! - `canvas`: the colours, letters, axes and frame of every drawing.
//! - `coverage`: the pairs of events that the search met, by seeds.
//! - `events`: the number of events in a run.
//! - `latency`: the latency of broadcasts.
//! - `hunt`: the effort that it took to find each known bug.

mod canvas;
mod coverage;
mod events;
mod hunt;
mod latency;

use std::fmt::{self, Write};

pub(super) use canvas::style;

use super::html::write_heading;
use crate::record::{ExplorationRecord, HuntRecord};

/// Writes the sections that have drawings.
pub(super) fn write(
    page: &mut String,
    exploration: &ExplorationRecord,
    hunt: Option<&HuntRecord>,
) -> fmt::Result {
    writeln!(page, "<div class=\"plots\">")?;
    let has_runs = exploration.events_per_run.count > 0;
    let figure = |draw: fn(&ExplorationRecord) -> String| {
        if has_runs { draw(exploration) } else { "<p>Nothing was run.</p>\n".to_owned() }
    };
    write_heading(page, "coverage", "Coverage over time")?;
    writeln!(page, "{}</section>", figure(coverage::figure))?;
    write_heading(page, "events", "Events per run")?;
    writeln!(page, "{}</section>", figure(events::figure))?;
    writeln!(page, "</div>")?;
    write_heading(page, "latency", "Broadcast latency by fan-out")?;
    latency::write(page, exploration)?;
    writeln!(page, "</section>")?;
    let Some(hunt) = hunt.filter(|hunt| !hunt.strategies().is_empty()) else { return Ok(()) };
    write_heading(page, "hunt", "Seeds to find each known bug")?;
    hunt::write(page, hunt)?;
    writeln!(page, "</section>")
}
