//! The latency of broadcasts, by their number of recipients.

use std::fmt::{self, Write};

use plotters::prelude::*;
use stormglass_sim::report::numbers::{thousands, time};

use super::super::html::{Column, EscapedText, Table};
use super::canvas::{
    BLUE, Canvas, DrawingError, ORANGE, attribute, axes, chart, coordinate, drawing, number,
    power_of_ten_from,
};
use crate::record::{ExplorationRecord, FanOut, Spread};

const SIZE: (u32, u32) = (560, 320);

const ABOUT: &str = "Virtual time since the client's message, with faults and retries: for \
                     comparisons only, not a forecast of AWS.";

pub(super) fn write(page: &mut String, exploration: &ExplorationRecord) -> fmt::Result {
    if exploration.broadcasts.is_empty() {
        return writeln!(page, "<p>There was no broadcast.</p>");
    }
    writeln!(page, "<p>{}</p>\n<div class=\"plots\">", EscapedText(ABOUT))?;
    let latencies: [(&str, &str, LatencySelector); 2] = [
        ("Until the acknowledgement", "No broadcast was acknowledged.", |fan_out| {
            &fan_out.acknowledged_us
        }),
        ("Until the last arrival", "No broadcast arrived at all recipients.", |fan_out| {
            &fan_out.arrived_us
        }),
    ];
    for (title, none, select) in latencies {
        writeln!(page, "<figure>\n<h3>{title}</h3>")?;
        if exploration.broadcasts.iter().all(|fan_out| select(fan_out).count == 0) {
            writeln!(page, "<p>{none}</p>\n</figure>")?;
            continue;
        }
        let title = format!("{title}: median and 99th percentile by number of recipients");
        page.push_str(&drawing(&title, SIZE, |area| draw(area, &exploration.broadcasts, select)));
        writeln!(page, "{}\n</figure>", legend())?;
    }
    writeln!(page, "</div>\n{}", table(exploration))
}

/// Selects one of the two latencies of a broadcast.
type LatencySelector = fn(&FanOut) -> &Spread;

fn draw(
    area: &Canvas<'_>,
    fan_outs: &[FanOut],
    select: LatencySelector,
) -> Result<(), DrawingError> {
    let spreads: Vec<Spread> = fan_outs.iter().map(|fan_out| *select(fan_out)).collect();
    let known = || spreads.iter().filter(|spread| spread.count > 0);
    let least = known().map(|spread| spread.median).min().unwrap_or(1).max(1);
    let most = known().map(|spread| spread.p99).max().unwrap_or(1);
    let times = power_of_ten_to(least)..power_of_ten_from(most.max(2));
    let end = coordinate(u64::try_from(fan_outs.len()).unwrap_or(1)) - 0.5;
    let times = (coordinate(times.start)..coordinate(times.end)).log_scale();
    let mut chart = chart(area, 66, 24).build_cartesian_2d(-0.5..end, times)?;
    let recipients = |place: &f64| {
        let fan_out = usize::try_from(number(*place)).ok().and_then(|place| fan_outs.get(place));
        fan_out.map_or_else(String::new, FanOut::recipients)
    };
    axes(&mut chart.configure_mesh())
        .disable_x_mesh()
        .x_labels(fan_outs.len() + 1)
        .x_label_formatter(&recipients)
        .y_label_formatter(&|us| time(number(*us)))
        .x_desc("recipients")
        .draw()?;
    let points = |quantile: fn(&Spread) -> u64| {
        let places = (0..).zip(&spreads).filter(|(_, spread)| spread.count > 0);
        let points =
            places.map(|(place, spread)| (coordinate(place), coordinate(quantile(spread).max(1))));
        points.collect::<Vec<_>>()
    };
    let (medians, highs) = (points(|spread| spread.median), points(|spread| spread.p99));
    chart.draw_series(LineSeries::new(medians.clone(), BLUE.stroke_width(2)))?;
    chart.draw_series(medians.into_iter().map(|at| Circle::new(at, 4, BLUE.filled())))?;
    chart.draw_series(LineSeries::new(highs.clone(), ORANGE.stroke_width(2)))?;
    chart.draw_series(highs.into_iter().map(|at| TriangleMarker::new(at, 5, ORANGE.filled())))?;
    Ok(())
}

/// Returns the greatest power of ten that is no more than a number.
fn power_of_ten_to(number: u64) -> u64 {
    let mut power = 1;
    while number / power >= 10 {
        power *= 10;
    }
    power
}

fn legend() -> String {
    let (blue, orange) = (attribute(BLUE), attribute(ORANGE));
    format!(
        "<ul class=\"legend\">\
         <li><svg viewBox=\"0 0 24 12\" aria-hidden=\"true\">\
         <circle cx=\"12\" cy=\"6\" r=\"5\" fill=\"{blue}\"/></svg>median</li>\
         <li><svg viewBox=\"0 0 24 12\" aria-hidden=\"true\">\
         <polygon points=\"12,0 18,11 6,11\" fill=\"{orange}\"/></svg>99th percentile</li></ul>"
    )
}

fn table(exploration: &ExplorationRecord) -> String {
    let cells = |spread: &Spread| match spread.count {
        0 => ["-".to_owned(), "-".to_owned(), "-".to_owned()],
        _ => [spread.median, spread.p99, spread.max].map(time),
    };
    let rows = exploration.broadcasts.iter().map(|fan_out| {
        let [acknowledged, acknowledged_high, acknowledged_max] = cells(&fan_out.acknowledged_us);
        let [arrived, arrived_high, arrived_max] = cells(&fan_out.arrived_us);
        [
            fan_out.recipients(),
            thousands(fan_out.broadcasts),
            acknowledged,
            acknowledged_high,
            acknowledged_max,
            arrived,
            arrived_high,
            arrived_max,
        ]
    });
    let columns = [
        ("recipients", Column::Head),
        ("broadcasts", Column::Number),
        ("acknowledged: median", Column::Number),
        ("99th", Column::Number),
        ("maximum", Column::Number),
        ("last arrival: median", Column::Number),
        ("99th", Column::Number),
        ("maximum", Column::Number),
    ];
    let caption = "Broadcast latency by number of recipients";
    let table = Table { caption, columns, rows: rows.collect() };
    format!("<details><summary>The figures</summary>\n{table}</details>")
}
