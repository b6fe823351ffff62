//! The number of pairs of events that the search met, by the number of seeds.

use plotters::prelude::*;
use stormglass_sim::report::numbers::{count, thousands};

use super::canvas::{self, BLUE, Canvas, DrawingError, axes, chart};
use crate::record::ExplorationRecord;

const SIZE: (u32, u32) = (560, 300);

/// Returns the figure.
pub(super) fn figure(exploration: &ExplorationRecord) -> String {
    canvas::figure(&caption(exploration), SIZE, |area| draw(area, exploration))
}

fn caption(exploration: &ExplorationRecord) -> String {
    let (seeds, pairs) = (count(exploration.seeds, "seed"), thousands_of(exploration.pairs));
    let half = exploration.coverage.iter().find(|(_, met)| *met * 2 >= exploration.pairs);
    let half = half.map_or_else(String::new, |(seeds, _)| {
        format!(", half of them within {}", count(*seeds, "seed"))
    });
    format!("{seeds} met {pairs} pairs of events{half}")
}

fn thousands_of(number: usize) -> String {
    thousands(u64::try_from(number).unwrap_or(u64::MAX))
}

fn draw(area: &Canvas<'_>, exploration: &ExplorationRecord) -> Result<(), DrawingError> {
    let (seeds, pairs) = (exploration.seeds.max(1), exploration.pairs.max(1));
    let mut chart = chart(area, 60, 24).build_cartesian_2d(0..seeds, 0..pairs)?;
    axes(&mut chart.configure_mesh())
        .disable_x_mesh()
        .x_labels(5)
        .y_labels(6)
        .x_label_formatter(&|seeds| thousands(*seeds))
        .y_label_formatter(&|pairs| thousands_of(*pairs))
        .x_desc("seeds")
        .y_desc("pairs of events")
        .draw()?;
    chart.draw_series(LineSeries::new(steps(exploration), BLUE.stroke_width(2)))?;
    Ok(())
}

/// Returns the corners of the staircase: the number of pairs stays the same until the next new one.
fn steps(exploration: &ExplorationRecord) -> Vec<(u64, usize)> {
    let mut corners = vec![(0, 0)];
    for (seeds, pairs) in &exploration.coverage {
        let (_, before) = corners[corners.len() - 1];
        corners.extend([(*seeds, before), (*seeds, *pairs)]);
    }
    let (_, last) = corners[corners.len() - 1];
    corners.push((exploration.seeds, last));
    corners
}
