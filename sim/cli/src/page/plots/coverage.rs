//! How many pairs of events had been met after how many seeds.

use plotters::prelude::*;

use super::canvas::{self, AXIS, BLUE, Canvas, GRID, Problem, letters};
use crate::record::Exploration;
use stormglass_sim::report::numbers::{count, thousands};

const SIZE: (u32, u32) = (560, 300);

/// The figure.
pub(super) fn figure(exploration: &Exploration) -> String {
    canvas::figure(&said(exploration), SIZE, |area| draw(area, exploration))
}

fn said(exploration: &Exploration) -> String {
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

fn draw(area: &Canvas<'_>, exploration: &Exploration) -> Result<(), Problem> {
    let (seeds, pairs) = (exploration.seeds.max(1), exploration.pairs.max(1));
    let mut chart = ChartBuilder::on(area)
        .margin(10)
        .margin_right(24)
        .x_label_area_size(40)
        .y_label_area_size(60)
        .build_cartesian_2d(0..seeds, 0..pairs)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .bold_line_style(GRID)
        .light_line_style(TRANSPARENT)
        .axis_style(AXIS)
        .label_style(letters())
        .axis_desc_style(letters())
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

/// The corners of a stair: what is met stays met until more is.
fn steps(exploration: &Exploration) -> Vec<(u64, usize)> {
    let mut corners = vec![(0, 0)];
    for (seeds, pairs) in &exploration.coverage {
        let (_, before) = corners[corners.len() - 1];
        corners.extend([(*seeds, before), (*seeds, *pairs)]);
    }
    let (_, last) = corners[corners.len() - 1];
    corners.push((exploration.seeds, last));
    corners
}
