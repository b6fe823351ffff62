//! The sequence diagram as SVG.

use std::borrow::Cow;
use std::fmt::{self, Write};

use super::Picture;
use super::bars::{Bar, BarKind};
use super::layout::{ASIDE, BELOW, Layout, has_break, notes, side, text_width};
use super::scene::{Lane, LaneKind, Scene, Step};
use super::shapes::{End, Shape, Sign};
use super::style;
use crate::report::layout::milliseconds;

/// The height of a line of text above and below the drawing.
const LINE: u32 = 18;

/// The right end of the numbers, and the right end of the times.
const NUMBERS: u32 = 40;
const TIMES: u32 = 122;

/// Draws a scene with its verdict above and the contradiction below.
pub(super) fn svg(picture: &Picture<'_>, scene: &Scene<'_>) -> String {
    let layout = Layout::of(scene);
    let above = lines(&layout, &[&picture.verdict(), &picture.replay().1]);
    let because = picture.violation.map(|violation| format!("because {}", violation.because));
    let below = lines(&layout, &because.iter().map(String::as_str).collect::<Vec<_>>());
    let top = LINE * count(above.len()) + 12;
    let bottom = top + layout.head + layout.height;
    let height = bottom + LINE * count(below.len()) + 12;
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write_all(&mut text, picture, scene, &layout, &Frame { above, below, top, height });
    text
}

/// The text above and below the lanes, with the height of the drawing.
struct Frame {
    above: Vec<String>,
    below: Vec<String>,
    top: u32,
    height: u32,
}

fn write_all(
    f: &mut String,
    picture: &Picture<'_>,
    scene: &Scene<'_>,
    layout: &Layout,
    frame: &Frame,
) -> fmt::Result {
    let Frame { above, below, top, height } = frame;
    let width = layout.width;
    writeln!(
        f,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         width=\"{width}\" height=\"{height}\" role=\"img\" aria-label=\"{}\">",
        escape(&picture.verdict())
    )?;
    writeln!(f, "<style>\n{}</style>", style::alone())?;
    writeln!(f, "<rect class=\"paper\" width=\"{width}\" height=\"{height}\"/>")?;
    for (place, line) in above.iter().enumerate() {
        let class = if place == 0 { "text strong" } else { "text faint" };
        write_text(f, class, "start", 16, LINE * count(place + 1), line)?;
    }
    writeln!(f, "<g transform=\"translate(0 {top})\">")?;
    write_head(f, scene, layout)?;
    writeln!(f, "</g>\n<g transform=\"translate(0 {})\">", top + layout.head)?;
    write_body(f, picture, scene, layout, "step")?;
    writeln!(f, "</g>")?;
    let bottom = top + layout.head + layout.height;
    for (place, line) in below.iter().enumerate() {
        write_text(f, "text broken-text", "start", 16, bottom + LINE * count(place + 1), line)?;
    }
    writeln!(f, "</svg>")
}

/// Writes the names of the lanes.
pub(super) fn write_head(f: &mut String, scene: &Scene<'_>, layout: &Layout) -> fmt::Result {
    let bottom = layout.head - 10;
    for (lane, x) in scene.lanes.iter().zip(&layout.lanes) {
        if layout.is_crowded {
            writeln!(
                f,
                "<text class=\"text strong\" transform=\"translate({} {bottom}) \
                 rotate(-70)\">{}</text>",
                x + 4,
                escape(&lane.name)
            )?;
            continue;
        }
        let half = text_width(&lane.name) / 2 + 8;
        writeln!(
            f,
            "<rect class=\"{}\" x=\"{}\" y=\"4\" width=\"{}\" height=\"22\" rx=\"4\"/>",
            head_class(lane),
            x - half,
            2 * half
        )?;
        write_text(f, "text strong", "middle", *x, 19, &lane.name)?;
    }
    Ok(())
}

fn head_class(lane: &Lane) -> &'static str {
    match lane.kind {
        LaneKind::Client => "bar open",
        LaneKind::Gateway => "bar half-open",
        LaneKind::Function | LaneKind::Table => "bar invocation",
    }
}

/// Writes everything below the names. The id of a step begins with `ids`.
pub(super) fn write_body(
    f: &mut String,
    picture: &Picture<'_>,
    scene: &Scene<'_>,
    layout: &Layout,
    ids: &str,
) -> fmt::Result {
    let drawing = Drawing { scene, layout, ids };
    drawing.write_band(f)?;
    drawing.write_lanes(f)?;
    for bar in &scene.bars {
        drawing.write_bar(f, bar)?;
    }
    for (step, y) in scene.steps.iter().zip(&layout.rows) {
        drawing.write_break(f, step, *y)?;
        drawing.write_step(f, step, *y)?;
    }
    let left_out = scene.left_out_at_the_end(picture);
    if left_out > 0 {
        write_text(f, "text faint", "start", TIMES + 10, layout.height - 8, &others(left_out))?;
    }
    Ok(())
}

/// A scene with its layout.
struct Drawing<'a, 'b> {
    scene: &'b Scene<'a>,
    layout: &'b Layout,
    ids: &'b str,
}

impl Drawing<'_, '_> {
    /// Writes a band below the step of the violation.
    fn write_band(&self, f: &mut String) -> fmt::Result {
        let mut steps = self.scene.steps.iter().zip(&self.layout.rows);
        let Some((_, y)) = steps.find(|(step, _)| step.is_broken) else { return Ok(()) };
        let (y, width) = (y - 19, self.layout.width - 8);
        writeln!(
            f,
            "<rect class=\"band\" x=\"4\" y=\"{y}\" width=\"{width}\" height=\"28\" rx=\"3\"/>"
        )
    }

    fn write_lanes(&self, f: &mut String) -> fmt::Result {
        for x in &self.layout.lanes {
            let end = self.layout.height;
            writeln!(f, "<line class=\"lane\" x1=\"{x}\" y1=\"0\" x2=\"{x}\" y2=\"{end}\"/>")?;
        }
        Ok(())
    }

    fn write_bar(&self, f: &mut String, bar: &Bar) -> fmt::Result {
        let (kind, what, half) = match bar.kind {
            BarKind::Pending => ("pending", "handshake pending", 4),
            BarKind::Open => ("open", "open", 4),
            BarKind::HalfOpen => ("half-open", "half-open: its client is gone", 4),
            BarKind::Invocation => ("invocation", "runs", 6),
        };
        let involved = if bar.is_involved { " involved" } else { "" };
        let x = self.layout.lanes[bar.lane] + 7 * bar.depth - half;
        let (top, end) = (self.row(bar.from), self.row(bar.to));
        writeln!(
            f,
            "<rect class=\"bar {kind}{involved}\" x=\"{x}\" y=\"{top}\" width=\"{}\" \
             height=\"{}\" rx=\"2\"><title>{}: {what}</title></rect>",
            2 * half,
            (end - top).max(3),
            escape(&bar.name)
        )
    }

    /// Returns the line of the step with this number, or of the last shown step before it.
    fn row(&self, number: u32) -> u32 {
        let after = self.scene.steps.partition_point(|step| step.event.number <= number);
        after.checked_sub(1).map_or(0, |place| self.layout.rows[place])
    }

    fn write_break(&self, f: &mut String, step: &Step<'_>, y: u32) -> fmt::Result {
        if !has_break(step) {
            return Ok(());
        }
        let y = y - 32;
        let end = self.layout.lanes.last().copied().unwrap_or(0) + 20;
        writeln!(f, "<path class=\"break\" d=\"M{TIMES} {y}l5 -5l6 10l6 -10l5 5\"/>")?;
        writeln!(f, "<path class=\"break dotted\" d=\"M{} {y}H{end}\"/>", TIMES + 22)?;
        write_text(f, "text faint", "start", TIMES + 30, y + 4, &break_words(step))
    }

    fn write_step(&self, f: &mut String, step: &Step<'_>, y: u32) -> fmt::Result {
        let (number, ids) = (step.event.number, self.ids);
        writeln!(f, "<g class=\"{}\" id=\"{ids}-{number}\">", class_of(step))?;
        writeln!(f, "<title>{}</title>", escape(&full_text(step)))?;
        // The whole line reacts to the pointer.
        let (top, width) = (y - 19, self.layout.width - 8);
        writeln!(
            f,
            "<rect class=\"target\" x=\"4\" y=\"{top}\" width=\"{width}\" height=\"28\" rx=\"3\"/>"
        )?;
        let mark = if step.deviations.is_empty() { "" } else { "* " };
        let class = if mark.is_empty() { "text" } else { "text strong accent" };
        write_text(f, class, "end", NUMBERS, y + 4, &format!("{mark}{number}"))?;
        write_text(f, "text faint", "end", TIMES, y + 4, &milliseconds(step.event.at))?;
        self.write_shape(f, step, y)?;
        writeln!(f, "</g>")
    }

    fn write_shape(&self, f: &mut String, step: &Step<'_>, y: u32) -> fmt::Result {
        let x = |lane: usize| self.layout.lanes[lane];
        match step.shape {
            Shape::Arrow { from, to, .. } => {
                write_arrow(f, self.place(from, y, step), self.place(to, y, step))?;
            }
            Shape::Lost { from, to } => {
                let (from, to) = (x(from), x(to));
                let end = if to > from { to - 24 } else { to + 24 };
                writeln!(f, "<path class=\"arrow\" d=\"M{from} {y}H{end}\"/>")?;
                write_cross(f, end, y)?;
            }
            Shape::Point { lane, sign } => write_sign(f, sign, x(lane), y)?,
            Shape::Everywhere => {
                let end = self.layout.lanes.last().copied().unwrap_or(0) + 20;
                writeln!(f, "<path class=\"arrow\" d=\"M{} {y}H{end}\"/>", TIMES + 10)?;
            }
        }
        self.write_words(f, step, y)
    }

    /// Writes the words of a step; below them those of a service, and its deviations.
    fn write_words(&self, f: &mut String, step: &Step<'_>, y: u32) -> fmt::Result {
        let (lane, is_rightward) = side(self.scene, step);
        let x = self.layout.lanes[lane];
        let (anchor, x) = if is_rightward { ("start", x + ASIDE) } else { ("end", x - ASIDE) };
        // Beside a point there is no line to stand above.
        let is_point = matches!(step.shape, Shape::Point { .. });
        let (y, below) = if is_point { (y + 4, y + 20) } else { (y - 5, y + 16) };
        write_text(f, "text", anchor, x, y, &step.label)?;
        let notes = notes(step).into_iter().map(|line| ("text faint", line));
        let deviations = step.deviations.iter().map(|it| ("text strong accent", format!("* {it}")));
        for (place, (class, line)) in notes.chain(deviations).enumerate() {
            write_text(f, class, anchor, x, below + BELOW * count(place), &line)?;
        }
        Ok(())
    }

    /// Returns the place of an end of an arrow. An end in a step that is not shown is in the line
    /// of `step`.
    fn place(&self, end: End, y: u32, step: &Step<'_>) -> (u32, u32) {
        let x = self.layout.lanes[end.lane];
        if end.step == step.event.number {
            return (x, y);
        }
        let steps = &self.scene.steps;
        let found = steps.binary_search_by_key(&end.step, |step| step.event.number);
        (x, found.map_or(y, |place| self.layout.rows[place]))
    }
}

fn class_of(step: &Step<'_>) -> String {
    let mut class = "step".to_owned();
    let is_answer = matches!(step.shape, Shape::Arrow { is_answer: true, .. });
    for (is_so, word) in [
        (is_answer, " answer"),
        (!step.deviations.is_empty(), " deviant"),
        (step.is_broken, " broken"),
        (!step.is_in_past, " outside"),
    ] {
        if is_so {
            class.push_str(word);
        }
    }
    class
}

/// Returns the full text of a step.
fn full_text(step: &Step<'_>) -> String {
    let mut text = step.event.to_string();
    for deviation in &step.deviations {
        text.push_str("\ndeviation: ");
        text.push_str(deviation);
    }
    text
}

/// Writes a line with a tip, from one place to another.
fn write_arrow(f: &mut String, (x1, y1): (u32, u32), (x2, y2): (u32, u32)) -> fmt::Result {
    writeln!(f, "<path class=\"arrow\" d=\"M{x1} {y1}L{x2} {y2}\"/>")?;
    let (dx, dy) = (f64::from(x2) - f64::from(x1), f64::from(y2) - f64::from(y1));
    let angle = dy.atan2(dx).to_degrees();
    writeln!(
        f,
        "<path class=\"tip\" transform=\"translate({x2} {y2}) rotate({angle:.1})\" \
         d=\"M0 0L-9 -4L-9 4Z\"/>"
    )
}

fn write_sign(f: &mut String, sign: Sign, x: u32, y: u32) -> fmt::Result {
    match sign {
        Sign::Dot => writeln!(f, "<circle class=\"sign\" cx=\"{x}\" cy=\"{y}\" r=\"3.5\"/>"),
        Sign::Cross => write_cross(f, x, y),
        Sign::Stored | Sign::Removed => {
            let hollow = if sign == Sign::Removed { " hollow" } else { "" };
            let (x, y) = (x - 5, y - 5);
            writeln!(
                f,
                "<rect class=\"sign{hollow}\" x=\"{x}\" y=\"{y}\" width=\"10\" height=\"10\"/>"
            )
        }
    }
}

fn write_cross(f: &mut String, x: u32, y: u32) -> fmt::Result {
    let (left, top) = (x - 5, y - 5);
    writeln!(f, "<path class=\"arrow\" d=\"M{left} {top}l10 10m0 -10l-10 10\"/>")
}

fn write_text(
    f: &mut String,
    class: &str,
    anchor: &str,
    x: u32,
    y: u32,
    text: &str,
) -> fmt::Result {
    let text = escape(text);
    writeln!(
        f,
        "<text class=\"{class}\" x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\">{text}</text>"
    )
}

/// Wraps paragraphs into lines that fit.
fn lines(layout: &Layout, paragraphs: &[&str]) -> Vec<String> {
    let wrapped = paragraphs.iter().flat_map(|text| textwrap::wrap(text, layout.columns()));
    wrapped.map(Cow::into_owned).collect()
}

/// Describes the time that passed, or the steps that were left out, before a step.
pub(super) fn break_words(step: &Step<'_>) -> String {
    let mut words = Vec::new();
    if step.left_out > 0 {
        words.push(others(step.left_out));
    }
    if let Some(idle_us) = step.idle_us {
        words.push(format!("{} pass", duration(idle_us)));
    }
    words.join(", ")
}

/// Describes the number of steps that were left out.
pub(super) fn others(count: u32) -> String {
    match count {
        1 => "1 other step".to_owned(),
        count => format!("{count} other steps"),
    }
}

/// Writes a duration to three digits.
fn duration(us: u64) -> String {
    match us {
        0..1_000_000 => format!("{} ms", us / 1_000),
        1_000_000..60_000_000 => {
            format!("{}.{:02} s", us / 1_000_000, us % 1_000_000 / 10_000)
        }
        _ => format!("{} min {} s", us / 60_000_000, us % 60_000_000 / 1_000_000),
    }
}

/// Escapes a text for XML and HTML. Control characters, which XML does not allow, become question
/// marks.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\n' | '\t' => escaped.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => escaped.push('?'),
            c => escaped.push(c),
        }
    }
    escaped
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
