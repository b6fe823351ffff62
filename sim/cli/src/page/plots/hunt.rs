//! The effort that it took to find each known bug.

use std::fmt::{self, Write};

use plotters::element::{Cross, EmptyElement};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use stormglass_sim::report::numbers::thousands;

use super::super::html::{Column, EscapedText, write_table};
use super::canvas::{
    BLUE, Canvas, DrawingError, GRID, SERIES, attribute, axes, chart, coordinate, drawing, letters,
    number, power_of_ten_from,
};
use crate::record::{HuntRecord, HuntRow};

const WIDTH: u32 = 860;
const ROW_HEIGHT: u32 = 20;
/// The room for the axis at the bottom.
const AXIS_HEIGHT: u32 = 60;

/// The label of the region around the drawing, which scrolls.
const LABEL: &str = "aria-label=\"The effort for each bug, drawn\"";

pub(super) fn write(page: &mut String, hunt: &HuntRecord) -> fmt::Result {
    let strategies = hunt.strategies();
    let rows = by_difficulty(hunt, strategies[0]);
    let found = rows.iter().filter(|row| row.found).count();
    let title = format!(
        "Seeds or executions until each of {} known bugs was found, by {}; {found} were found",
        rows.len(),
        strategies.join(", ")
    );
    writeln!(page, "<figure>\n<p>{}. The hardest come first.</p>", EscapedText(&title))?;
    writeln!(page, "{}", legend(&strategies))?;
    writeln!(page, "<div class=\"wide tall\" role=\"region\" {LABEL} tabindex=\"0\">")?;
    let height = u32::try_from(rows.len()).unwrap_or(1).saturating_mul(ROW_HEIGHT) + AXIS_HEIGHT;
    page.push_str(&drawing(&title, (WIDTH, height), |area| draw(area, &rows, &strategies)));
    writeln!(page, "</div>\n</figure>\n<details><summary>The figures</summary>")?;
    write_figures(page, &rows, &strategies)?;
    writeln!(page, "</details>")
}

/// Returns the bugs that can be found: first those that were missed, then the hardest.
///
/// The effort is the number of runs that this strategy took. If it did not hunt a bug, the quickest
/// other strategy counts.
fn by_difficulty<'a>(hunt: &'a HuntRecord, strategy: &str) -> Vec<&'a HuntRow> {
    let effort = |row: &HuntRow| {
        let hunted = row.hunted.iter().any(|hunted| hunted.strategy == strategy);
        let quickest = row.hunted.iter().filter_map(|hunted| hunted.runs).min();
        if hunted { row.runs(strategy) } else { quickest }.unwrap_or(u64::MAX)
    };
    let mut rows: Vec<&HuntRow> = hunt.rows.iter().filter(|row| row.hidden_by.is_none()).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(effort(row)));
    rows
}

fn draw(area: &Canvas<'_>, rows: &[&HuntRow], strategies: &[&str]) -> Result<(), DrawingError> {
    let all_runs = rows.iter().flat_map(|row| row.hunted.iter().filter_map(|hunted| hunted.runs));
    let most = power_of_ten_from(all_runs.max().unwrap_or(1).max(10));
    let count = coordinate(u64::try_from(rows.len()).unwrap_or(1));
    let runs = (1.0..coordinate(most)).log_scale();
    let mut chart = chart(area, 210, 90).build_cartesian_2d(runs, count..0.0)?;
    axes(&mut chart.configure_mesh())
        .disable_y_mesh()
        .disable_y_axis()
        .x_label_formatter(&|runs| thousands(number(*runs)))
        .x_desc("seeds or executions until the bug was found")
        .draw()?;
    let name = letters().pos(Pos::new(HPos::Right, VPos::Center));
    let missed = letters().pos(Pos::new(HPos::Left, VPos::Center));
    let lines = (0..).zip(rows).map(|(index, row)| (coordinate(index) + 0.5, *row));
    for (y, row) in lines {
        let line = [(1.0, y), (coordinate(most), y)];
        chart.draw_series([PathElement::new(line, GRID)])?;
        let label =
            EmptyElement::at((1.0, y)) + Text::new(row.name.clone(), (-12, 0), name.clone());
        chart.draw_series([label])?;
        if !row.found {
            let at = EmptyElement::at((coordinate(most), y));
            chart.draw_series([at + Text::new("not found", (8, 0), missed.clone())])?;
        }
        // In reverse, so that the first strategy is on top.
        for (index, strategy) in strategies.iter().enumerate().rev() {
            let Some(runs) = row.runs(strategy) else { continue };
            let at = (coordinate(runs), y);
            match index % SERIES.len() {
                0 => chart.draw_series([Circle::new(at, 5, BLUE.filled())]).map(drop)?,
                1 => {
                    chart.draw_series([TriangleMarker::new(at, 6, SERIES[1].filled())]).map(drop)?
                }
                _ => chart.draw_series([Cross::new(at, 5, SERIES[2].stroke_width(2))]).map(drop)?,
            }
        }
    }
    Ok(())
}

fn legend(strategies: &[&str]) -> String {
    let mut text = String::from("<ul class=\"legend\">");
    for (index, strategy) in strategies.iter().enumerate() {
        let colour = attribute(SERIES[index % SERIES.len()]);
        let shape = match index % SERIES.len() {
            0 => format!("<circle cx=\"12\" cy=\"6\" r=\"5\" fill=\"{colour}\"/>"),
            1 => format!("<polygon points=\"12,0 18,11 6,11\" fill=\"{colour}\"/>"),
            _ => {
                format!("<path d=\"M7 1l10 10M17 1L7 11\" stroke=\"{colour}\" stroke-width=\"2\"/>")
            }
        };
        let svg = format!("<svg viewBox=\"0 0 24 12\" aria-hidden=\"true\">{shape}</svg>");
        text += &format!("<li>{svg}{}</li>", EscapedText(strategy));
    }
    text + "</ul>"
}

fn write_figures(page: &mut String, rows: &[&HuntRow], strategies: &[&str]) -> fmt::Result {
    let mut columns = vec![("bug", Column::Head), ("must break", Column::Text)];
    columns.extend(strategies.iter().map(|strategy| (*strategy, Column::Number)));
    columns.extend([("shrunk to", Column::Text), ("mistake", Column::Prose)]);
    let rows: Vec<Vec<String>> = rows.iter().map(|row| cells(row, strategies)).collect();
    let caption = "Seeds or executions until each was found";
    write_table(page, caption, &columns, rows.iter().map(Vec::as_slice))
}

fn cells(row: &HuntRow, strategies: &[&str]) -> Vec<String> {
    let mut cells = vec![row.name.clone(), row.promise.clone()];
    cells.extend(strategies.iter().map(|strategy| {
        let hunted = row.hunted.iter().find(|hunted| hunted.strategy == *strategy);
        match hunted.map(|hunted| hunted.runs) {
            Some(Some(runs)) => thousands(runs),
            Some(None) => "not found".to_owned(),
            None => String::new(),
        }
    }));
    let shrunk = row.shrunk.as_ref();
    cells.push(shrunk.map_or_else(String::new, |shrunk| {
        format!("{} steps, {} deviations", shrunk.steps, shrunk.deviations)
    }));
    cells.push(row.mistake.clone());
    cells
}
