//! A broken promise as people read it.

use std::collections::BTreeSet;
use std::fmt::{self, Display, Write};

use stormglass_spec::Violation;

use crate::run::Run;
use crate::story::{deviations_at, past};

/// A report is as wide as this, but for the line that replays.
const WIDTH: usize = 100;

/// The columns of a step, in characters. The trace has everything in full.
const WHAT_WIDTH: usize = 44;
const RESULT_WIDTH: usize = 60;

/// The most lines about what is pending.
const PENDING_MAX: usize = 8;

/// The story of a broken promise: verdict, steps, contradiction, and the line that replays it.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// The run.
    pub run: &'a Run,
    /// The promise that it broke.
    pub violation: &'a Violation,
    /// The application's name.
    pub app: &'a str,
    /// Where the case came from: a seed, or a case's text.
    pub source: &'a str,
    /// How it was made short, if it was.
    pub shrunk: Option<&'a str>,
    /// How often it was run again, and where, if it was.
    pub confirmed: Option<&'a str>,
}

impl Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, &replay_line(self.run, self.app))
    }
}

impl Report<'_> {
    /// The report with another line that replays.
    pub(crate) fn with_replay(&self, replay: &str) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut text, replay);
        text
    }

    fn write(&self, f: &mut dyn Write, replay: &str) -> fmt::Result {
        let Report { run, violation, app, source, shrunk, confirmed } = self;
        let events = run.history.events.len();
        let deviations = run.case.schedule.deviations.len();
        let plural = if deviations == 1 { "" } else { "s" };
        writeln!(
            f,
            "FAILED  {}  ({})    {source}   app {app}   step {} of {events}   \
             {deviations} deviation{plural}",
            violation.property, violation.kind, violation.event
        )?;
        if let Some(shrunk) = shrunk {
            writeln!(f, "shrunk   {shrunk}")?;
        }
        if let Some(confirmed) = confirmed {
            writeln!(f, "confirmed  {confirmed}")?;
        }
        write_paragraph(f, "promise  ", violation.promise)?;
        writeln!(f)?;
        write_steps(f, run, &past(run, violation))?;
        writeln!(f)?;
        write_paragraph(f, "because  ", &violation.because)?;
        write_pending(f, &violation.pending)?;
        writeln!(f, "replay   {replay}")?;
        writeln!(f, "trace    {:016x}", run.trace_hash)
    }
}

/// Writes a text under a heading, in lines of a terminal's width.
fn write_paragraph(f: &mut dyn Write, heading: &str, text: &str) -> fmt::Result {
    let indent = " ".repeat(heading.len());
    let options = textwrap::Options::new(WIDTH).initial_indent(heading).subsequent_indent(&indent);
    writeln!(f, "{}", textwrap::fill(text, options))
}

/// Writes what is still pending, up to a few lines of it.
fn write_pending(f: &mut dyn Write, pending: &[String]) -> fmt::Result {
    for (place, line) in pending.iter().take(PENDING_MAX).enumerate() {
        write_paragraph(f, if place == 0 { "pending  " } else { "         " }, line)?;
    }
    match pending.len().saturating_sub(PENDING_MAX) {
        0 => Ok(()),
        more => writeln!(f, "         ... and {more} more"),
    }
}

/// The command that replays a run.
pub fn replay_line(run: &Run, app: &str) -> String {
    let case = run.case.to_string().replace('\'', r"'\''");
    let app = if app == "stormglass" { String::new() } else { format!(" --app {app}") };
    format!("cargo sim replay '{case}'{app}")
}

/// The whole story of a run, every step of it.
pub fn story(run: &Run) -> String {
    let all = run.history.events.iter().map(|event| event.number).collect();
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write_steps(&mut text, run, &all);
    text
}

fn write_steps(f: &mut dyn Write, run: &Run, shown: &BTreeSet<u32>) -> fmt::Result {
    let lines: Vec<_> = run
        .history
        .events
        .iter()
        .filter(|event| shown.contains(&event.number))
        .map(|event| (event, event.line()))
        .collect();
    let who = lines.iter().map(|(_, line)| line.who.chars().count()).max().unwrap_or(3).max(3);
    let what = lines.iter().map(|(_, line)| line.what.chars().count()).max().unwrap_or(4);
    let what = what.clamp(4, WHAT_WIDTH);
    writeln!(f, "     #          at   {:who$}   {:what$}   result", "who", "what")?;
    let mut last = 0;
    for (event, line) in lines {
        write_gap(f, last, event.number)?;
        last = event.number;
        let deviations = deviations_at(event, &run.case.schedule);
        let mark = if deviations.is_empty() { ' ' } else { '*' };
        let row = format!(
            "{mark} {:>4}  {:>10.3}   {:who$}   {:what$}   {}",
            event.number,
            millis(event.at),
            line.who,
            shorten(&line.what, what),
            shorten(&line.result, RESULT_WIDTH)
        );
        write!(f, "{}", row.trim_end())?;
        for deviation in deviations {
            write!(f, "   <- {deviation}")?;
        }
        writeln!(f)?;
    }
    write_gap(f, last, u32::try_from(run.history.events.len() + 1).unwrap_or(u32::MAX))
}

/// Cuts what is too long for its column.
fn shorten(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept: String = text.chars().take(width.saturating_sub(3)).collect();
    format!("{kept}...")
}

fn millis(at: stormglass_spec::Time) -> f64 {
    std::time::Duration::from_micros(at.micros()).as_secs_f64() * 1_000.0
}

fn write_gap(f: &mut dyn Write, last: u32, next: u32) -> fmt::Result {
    match next.saturating_sub(last + 1) {
        0 => Ok(()),
        1 => writeln!(f, "        ... 1 other step"),
        others => writeln!(f, "        ... {others} other steps"),
    }
}
