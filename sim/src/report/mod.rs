//! Reports of violations, for people to read.

pub mod check;
mod ink;
pub mod kept;
pub mod layout;
pub mod numbers;
pub mod picture;
mod rows;
mod steps;
pub(crate) mod story;

use std::fmt::{self, Display, Write};

use stormglass_spec::Violation;
use textwrap::{Options, WordSplitter};

use crate::app::{App, CommandLine, quoted};
use crate::outcome::Run;
use crate::stack;
use ink::Ink;
use layout::WIDTH;
use picture::Picture;
use rows::describe_rows;
use steps::Table;
use story::{past, rows_in_dispute};

/// The largest number of things under one heading.
const LISTED_MAX: usize = 8;

/// The story of a violation: verdict, steps, contradiction, and the line that replays it.
#[derive(Clone, Debug)]
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
    /// The tables of the application, from which the report knows the keys of rows.
    pub tables: Vec<stack::Table>,
    /// The files that hold the run, if it was stored.
    pub files: Option<Files<'a>>,
    /// The command line that runs the application. Without one, a line of Rust replays the run.
    pub command_line: Option<CommandLine>,
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
        self.write(f, Ink::Plain)
    }
}

impl<'a> Report<'a> {
    /// Returns the report of a run that was neither shrunk nor run again nor stored.
    pub fn new(
        run: &'a Run,
        violation: &'a Violation,
        app: &'a dyn App,
        source: &'a str,
    ) -> Report<'a> {
        Report {
            run,
            violation,
            app: app.name(),
            source,
            shrunk: None,
            confirmed: None,
            steps: Steps::Past,
            tables: app.stack().tables,
            files: None,
            command_line: app.command_line(),
        }
    }

    /// Writes the report with the escape codes that make a terminal colour it. Words or signs say
    /// the same as the colours.
    pub fn coloured(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut text, Ink::Coloured);
        text
    }

    /// Returns the line that replays the run. It holds the text of the case if that fits into a
    /// line, or else names the file.
    pub fn replay(&self) -> String {
        self.line("replay", "")
    }

    /// Returns the line of a command about the run's case. It names the file if there is one and
    /// the text is too long.
    fn line(&self, command: &str, name: &str) -> String {
        let Some(command_line) = &self.command_line else {
            return format!("check(&app, &{}.parse()?)", raw_literal(&self.run.case.to_string()));
        };
        let line = |case: &str| command_line.line(&format!("{command} {case}{name}"));
        let in_full = line(&quoted(&self.run.case));
        match self.files {
            Some(files) if !fits(&in_full) => line(files.case),
            _ => in_full,
        }
    }

    fn write(&self, f: &mut dyn Write, ink: Ink) -> fmt::Result {
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
        if !self.violation.also.is_empty() {
            let also = format!("broken by this step: {}", self.violation.also.join(", "));
            write_paragraph(f, ink, "also", &also)?;
        }
        self.write_rows(f, ink)?;
        write_list(f, ink, "pending", &self.violation.pending)?;
        writeln!(f, "{}{}", heading(ink, "replay"), self.replay())?;
        let in_full = self.command_line.as_ref().map(|it| it.replay(&self.run.case));
        if self.files.is_some() && !in_full.is_some_and(|line| fits(&line)) {
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

    /// Writes the rows in dispute by table and key.
    fn write_rows(&self, f: &mut dyn Write, ink: Ink) -> fmt::Result {
        let events = &self.run.history.events;
        let rows = rows_in_dispute(events, self.violation);
        write_list(f, ink, "row", &describe_rows(events, &rows, &self.tables))
    }

    fn write_files(&self, f: &mut dyn Write, ink: Ink) -> fmt::Result {
        let Some(files) = self.files else { return Ok(()) };
        let Files { picture, page, .. } = files;
        writeln!(f, "{}{picture}, step by step {page}", heading(ink, "picture"))?;
        writeln!(f, "{}{}", heading(ink, "keep"), self.line("keep", " NAME"))
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

/// Writes a few things under one heading, a paragraph for each.
fn write_list(f: &mut dyn Write, ink: Ink, word: &str, things: &[String]) -> fmt::Result {
    for (place, thing) in things.iter().take(LISTED_MAX).enumerate() {
        write_paragraph(f, ink, if place == 0 { word } else { "" }, thing)?;
    }
    match things.len().saturating_sub(LISTED_MAX) {
        0 => Ok(()),
        more => writeln!(f, "{:HEADING$}... and {more} more", ""),
    }
}

/// Returns true if a line fits into a report, beside a heading.
fn fits(line: &str) -> bool {
    line.chars().count() + HEADING <= WIDTH
}

/// Returns a text as a Rust literal without escapes.
fn raw_literal(text: &str) -> String {
    let mut fence = "#".to_owned();
    while text.contains(&format!("\"{fence}")) {
        fence.push('#');
    }
    format!("r{fence}\"{text}\"{fence}")
}

/// Writes the whole story of a run, every step of it.
pub fn story(run: &Run) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = Table::of(run, |_| true).write(&mut text, Ink::Plain);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_ends_where_its_text_does() {
        assert_eq!(raw_literal("v1 ana:c"), r###"r#"v1 ana:c"#"###);
        assert_eq!(raw_literal(r##"b"x"#2"##), r###"r##"b"x"#2"##"###);
    }
}
