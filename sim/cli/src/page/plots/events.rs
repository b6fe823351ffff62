//! How many events a run has.

use plotters::prelude::*;

use super::canvas::{self, AXIS, BLUE, Canvas, GRID, Problem, letters};
use crate::record::Exploration;
use stormglass_sim::report::numbers::thousands;

const SIZE: (u32, u32) = (560, 300);

/// The figure.
pub(super) fn figure(exploration: &Exploration) -> String {
    canvas::figure(&said(exploration), SIZE, |area| draw(area, exploration))
}

fn said(exploration: &Exploration) -> String {
    let spread = exploration.events_per_run;
    let [min, median, p90, p99, max] =
        [spread.min, spread.median, spread.p90, spread.p99, spread.max].map(thousands);
    format!(
        "Events per run: {min} at least, {median} in the middle, 90 % of runs have up to {p90}, \
         99 % up to {p99}, the longest {max}"
    )
}

fn draw(area: &Canvas<'_>, exploration: &Exploration) -> Result<(), Problem> {
    let ranges = &exploration.runs_by_events;
    let most = ranges.iter().map(|range| range.count).max().unwrap_or(0).max(1);
    let mut chart = ChartBuilder::on(area)
        .margin(10)
        .margin_right(24)
        .x_label_area_size(40)
        .y_label_area_size(60)
        .build_cartesian_2d(0..ranges.len().max(1), 0..most)?;
    let start = |index: &usize| match ranges.get(*index) {
        Some(range) => thousands(range.from),
        None => String::new(),
    };
    chart
        .configure_mesh()
        .disable_x_mesh()
        .bold_line_style(GRID)
        .light_line_style(TRANSPARENT)
        .axis_style(AXIS)
        .label_style(letters())
        .axis_desc_style(letters())
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
