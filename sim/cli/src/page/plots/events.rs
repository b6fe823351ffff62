//! The number of runs, by their number of events.

use plotters::prelude::*;
use stormglass_sim::report::numbers::thousands;

use super::canvas::{self, BLUE, Canvas, DrawingError, axes, chart};
use crate::record::ExplorationRecord;

const SIZE: (u32, u32) = (560, 300);

/// Returns the figure.
pub(super) fn figure(exploration: &ExplorationRecord) -> String {
    canvas::figure(&caption(exploration), SIZE, |area| draw(area, exploration))
}

fn caption(exploration: &ExplorationRecord) -> String {
    let spread = exploration.events_per_run;
    let [min, median, p90, p99, max] =
        [spread.min, spread.median, spread.p90, spread.p99, spread.max].map(thousands);
    format!(
        "Events per run: at least {min}, median {median}, 90th percentile {p90}, 99th percentile \
         {p99}, at most {max}"
    )
}

fn draw(area: &Canvas<'_>, exploration: &ExplorationRecord) -> Result<(), DrawingError> {
    let ranges = &exploration.runs_by_events;
    let most = ranges.iter().map(|range| range.count).max().unwrap_or(0).max(1);
    let mut chart = chart(area, 60, 24).build_cartesian_2d(0..ranges.len().max(1), 0..most)?;
    let start = |index: &usize| match ranges.get(*index) {
        Some(range) => thousands(range.from),
        None => String::new(),
    };
    axes(&mut chart.configure_mesh())
        .disable_x_mesh()
        .x_labels(ranges.len() + 1)
        .y_labels(6)
        .x_label_formatter(&start)
        .y_label_formatter(&|runs| thousands(*runs))
        .x_desc("events from there on")
        .y_desc("runs")
        .draw()?;
    chart.draw_series(ranges.iter().enumerate().map(|(index, range)| {
        let mut bar = Rectangle::new([(index, 0), (index + 1, range.count)], BLUE.filled());
        bar.set_margin(0, 0, 1, 1);
        bar
    }))?;
    Ok(())
}
