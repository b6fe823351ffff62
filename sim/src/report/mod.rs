//! Reports of violations, for people to read.

pub mod check;
mod ink;
pub mod kept;
pub mod layout;
pub mod numbers;
pub mod picture;
mod steps;
pub(crate) mod story;

use std::fmt::{self, Display, Write};

use stormglass_spec::Violation;
use textwrap::{Options, WordSplitter};

use crate::outcome::Run;
use ink::Ink;
use layout::WIDTH;
use picture::Picture;
use steps::Table;
use story::past;

/// The largest number of lines about pending things.
const PENDING_MAX: usize = 8;

/// The story of a violation: verdict, steps, contradiction, and the line that replays it.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// The run.
    pub run: &'a Run,
    /// The violation of the run.
    pub violation: &'a Violation,
    /// The name of the application.
    pub app: &'a str,
    /// The origin of the case: a seed, or a case's text.
    pub source: &'a str,
    /// A note on the shrinking of the case, if it was shrunk.
    pub shrunk: Option<&'a str>,
    /// A note on the repeated runs of the case, if it was run again.
    pub confirmed: Option<&'a str>,
    /// The choice of steps.
    pub steps: Steps,
    /// The files that hold the run, if it was stored.
    pub files: Option<Files<'a>>,
}

/// The steps that a report tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Steps {
    /// The steps that led to the violation.
    #[default]
    Past,
    /// Every step.
    All,
    /// The steps of a still picture, as a diagram.
    Drawn,
}

/// The files that hold a run.
#[derive(Clone, Copy, Debug)]
pub struct Files<'a> {
    /// The file with the case.
    pub case: &'a str,
    /// The file with the diagram.
    pub picture: &'a str,
    /// The file with a page to step through the run.
    pub page: &'a str,
}

impl Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, Ink::Plain, &self.replay())
    }
}

impl<'a> Report<'a> {
    /// Returns the report of a run that was neither shrunk nor run again nor stored.
    pub fn new(
        run: &'a Run,
        violation: &'a Violation,
        app: &'a str,
        source: &'a str,
    ) -> Report<'a> {
        Report {
            run,
            violation,
            app,
            source,
            shrunk: None,
            confirmed: None,
            steps: Steps::Past,
            files: None,
        }
    }

    /// Writes the report with the escape codes that make a terminal colour it. Words or signs say
    /// the same as the colours.
    pub fn coloured(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut text, Ink::Coloured, &self.replay());
        text
    }

    /// Returns the command that replays the run. It holds the text of the case if that fits into a
    /// line, or else names the file.
    pub fn replay(&self) -> String {
        self.command("replay", "")
    }

    /// Writes the report with another line that replays the run.
    pub(crate) fn with_replay(&self, replay: &str) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut text, Ink::Plain, replay);
        text
    }

    /// Returns a command about the run's case. It names the file if there is one and the text is
    /// too long.
    fn command(&self, verb: &str, name: &str) -> String {
        match self.files {
            Some(files) if !self.fits(verb, name) => {
                format!("cargo sim {verb} {}{name}{}", files.case, app_flag(self.app))
            }
            _ => self.command_in_full(verb, name),
        }
    }

    fn command_in_full(&self, verb: &str, name: &str) -> String {
        format!("cargo sim {verb} {}{name}{}", quoted(self.run), app_flag(self.app))
    }

    /// Returns true if a command with the text of the run's case fits into a line of the report.
    fn fits(&self, verb: &str, name: &str) -> bool {
        self.command_in_full(verb, name).chars().count() + HEADING <= WIDTH
    }

    fn write(&self, f: &mut dyn Write, ink: Ink, replay: &str) -> fmt::Result {
        self.write_verdict(f, ink)?;
        if let Some(shrunk) = self.shrunk {
            write_paragraph(f, ink, "shrunk", shrunk)?;
        }
        if let Some(confirmed) = self.confirmed {
            write_paragraph(f, ink, "again", confirmed)?;
        }
        write_paragraph(f, ink, "promise", self.violation.promise)?;
        writeln!(f)?;
        self.write_steps(f, ink)?;
        writeln!(f)?;
        write_paragraph(f, ink, "because", &self.violation.because)?;
        write_pending(f, ink, &self.violation.pending)?;
        writeln!(f, "{}{replay}", heading(ink, "replay"))?;
        if !self.fits("replay", "") && self.files.is_some() {
            write_paragraph(f, ink, "case", &self.run.case.to_string())?;
        }
        self.write_files(f, ink)?;
        writeln!(f, "{}{:016x}", heading(ink, "trace"), self.run.trace_hash)
    }

    fn write_verdict(&self, f: &mut dyn Write, ink: Ink) -> fmt::Result {
        let Report { run, violation, app, source, .. } = self;
        let events = run.history.events.len();
        let deviations = run.case.schedule.deviations.len();
        let plural = if deviations == 1 { "" } else { "s" };
        writeln!(
            f,
            "{}  {}  ({})    {source}   app {app}   step {} of {events}   \
             {deviations} deviation{plural}",
            ink.broken("FAILED"),
            ink.strong(violation.property),
            violation.kind,
            violation.event
        )
    }

    fn write_steps(&self, f: &mut dyn Write, ink: Ink) -> fmt::Result {
        let run = self.run;
        match self.steps {
            Steps::Past => {
                let past = past(run, self.violation);
                Table::of(run, |number| past.contains(&number)).write(f, ink)
            }
            Steps::All => Table::of(run, |_| true).write(f, ink),
            Steps::Drawn => f.write_str(&Picture::of(run, self.app).text()),
        }
    }

    fn write_files(&self, f: &mut dyn Write, ink: Ink) -> fmt::Result {
        let Some(files) = self.files else { return Ok(()) };
        let Files { picture, page, .. } = files;
        writeln!(f, "{}{picture}, step by step {page}", heading(ink, "picture"))?;
        writeln!(f, "{}{}", heading(ink, "keep"), self.command("keep", " NAME"))
    }
}

/// Returns the heading of a paragraph.
fn heading(ink: Ink, word: &str) -> String {
    format!("{}{:2$}", ink.strong(word), "", HEADING - word.len())
}

/// The width of a heading.
const HEADING: usize = 9;

/// Writes a text under a heading, in lines of a terminal's width.
fn write_paragraph(f: &mut dyn Write, ink: Ink, word: &str, text: &str) -> fmt::Result {
    // A case that is cut at a hyphen is another case.
    let options = Options::new(WIDTH - HEADING).word_splitter(WordSplitter::NoHyphenation);
    let lines = textwrap::wrap(text, options);
    for (place, line) in lines.iter().enumerate() {
        match place {
            0 => writeln!(f, "{}{line}", heading(ink, word))?,
            _ => writeln!(f, "{:HEADING$}{line}", "")?,
        }
    }
    Ok(())
}

/// Writes the things that are still pending, up to a few lines of them.
fn write_pending(f: &mut dyn Write, ink: Ink, pending: &[String]) -> fmt::Result {
    for (place, line) in pending.iter().take(PENDING_MAX).enumerate() {
        write_paragraph(f, ink, if place == 0 { "pending" } else { "" }, line)?;
    }
    match pending.len().saturating_sub(PENDING_MAX) {
        0 => Ok(()),
        more => writeln!(f, "{:HEADING$}... and {more} more", ""),
    }
}

/// Returns the command that replays a run from its text.
pub fn replay_line(run: &Run, app: &str) -> String {
    format!("cargo sim replay {}{}", quoted(run), app_flag(app))
}

/// Returns the case of a run, quoted for a shell.
fn quoted(run: &Run) -> String {
    format!("'{}'", run.case.to_string().replace('\'', r"'\''"))
}

/// Returns the option of a command that names an application.
fn app_flag(app: &str) -> String {
    if app == "stormglass" { String::new() } else { format!(" --app {app}") }
}

/// Writes the whole story of a run, every step of it.
pub fn story(run: &Run) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = Table::of(run, |_| true).write(&mut text, Ink::Plain);
    text
}
