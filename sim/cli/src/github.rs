//! GitHub Actions: an annotation and a section of the step summary for each broken promise.
//!
//! Annotations are workflow commands, escaped as `actions/toolkit` does in `command.ts`. The
//! summary of a step is Markdown that is appended to a file; GitHub drops it whole if it is over
//! 1 MiB.

use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::output::{note, say};
use crate::told::Told;

/// The most that the summary of one step may hold, in bytes.
const SUMMARY_MAX: u64 = 1 << 20;

/// A workflow of GitHub that this command is a step of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GitHub {
    /// Whether standard output is for programs, so that annotations go to standard error. GitHub
    /// reads both.
    is_json: bool,
    /// The file that the summary of the step is appended to.
    step_summary: Option<PathBuf>,
}

impl GitHub {
    /// The workflow that the environment speaks of.
    pub(crate) fn from_environment(is_json: bool) -> Option<GitHub> {
        GitHub::from(is_json, |name| std::env::var_os(name))
    }

    fn from(is_json: bool, variable: impl Fn(&str) -> Option<OsString>) -> Option<GitHub> {
        if variable("GITHUB_ACTIONS")? != "true" {
            return None;
        }
        let file = variable("GITHUB_STEP_SUMMARY").filter(|file| !file.is_empty());
        Some(GitHub { is_json, step_summary: file.map(PathBuf::from) })
    }

    /// Shows a broken promise.
    pub(crate) fn show(&self, told: &Told) {
        let Told { violation, app, source, .. } = told;
        let title = format!("{} is broken (app {app}, {source})", violation.property);
        self.annotate(&title, &format!("{}\n{}", violation.because, told.replay()));
        self.append(|room| section(told, &told.mermaid(), room));
    }

    /// Shows an error that is no broken promise.
    pub(crate) fn show_error(&self, title: &str, message: &str) {
        self.annotate(title, message);
        self.show_line(title, message);
    }

    /// Adds one paragraph to the summary of the step.
    pub(crate) fn show_line(&self, word: &str, text: &str) {
        let line = format!("**{}** {}\n\n", escape_markdown(word), escape_markdown(text));
        self.append(|room| (line.len() <= room).then_some(line));
    }

    fn annotate(&self, title: &str, message: &str) {
        let command = format!("::error title={}::{}", escape_property(title), escape_data(message));
        if self.is_json {
            note!("{command}");
        } else {
            say!("{command}");
        }
    }

    /// Appends what `text` makes of the room that there is left, in bytes.
    fn append(&self, text: impl FnOnce(usize) -> Option<String>) {
        let Some(path) = &self.step_summary else { return };
        match append_to(path, text) {
            Ok(true) => {}
            Ok(false) => note!("note: the step summary is full: it holds 1 MiB at most"),
            // The verdict is the same with and without a summary.
            Err(error) => note!("note: cannot append to {}: {error}", path.display()),
        }
    }
}

/// Appends a text if there is one that fits; tells whether there was.
fn append_to(path: &Path, text: impl FnOnce(usize) -> Option<String>) -> io::Result<bool> {
    let mut file = OpenOptions::new().create(true).append(true).open(path)?;
    let room = SUMMARY_MAX.saturating_sub(file.metadata()?.len());
    let Some(text) = text(usize::try_from(room).unwrap_or(usize::MAX)) else { return Ok(false) };
    file.write_all(text.as_bytes())?;
    Ok(true)
}

/// The section of a broken promise, in at most `room` bytes: without the report if it would be too
/// long, and then without the diagram.
fn section(told: &Told, mermaid: &str, room: usize) -> Option<String> {
    let head = head(told);
    let diagram = fence("mermaid", mermaid);
    let report = format!(
        "<details><summary>The whole report</summary>\n\n{}</details>\n\n",
        fence("text", &told.report)
    );
    let candidates = [
        format!("{head}{diagram}{report}"),
        format!("{head}{diagram}{}", left_out("report")),
        format!("{head}{}", left_out("report, nor for the diagram")),
    ];
    candidates.into_iter().find(|text| text.len() <= room)
}

fn head(told: &Told) -> String {
    let Told { violation, app, source, .. } = told;
    format!(
        "### FAILED {}\n\napp {}, {}\n\n**promise** {}\n\n**because** {}\n\n{}",
        escape_markdown(violation.property),
        escape_markdown(app),
        escape_markdown(source),
        escape_markdown(violation.promise),
        escape_markdown(&violation.because),
        fence("sh", &told.replay()),
    )
}

fn left_out(what: &str) -> String {
    format!("There is no room for the {what}: a step summary holds 1 MiB. Replay it instead.\n\n")
}

/// A block of code that shows its text as it is, whatever fences there are in it.
fn fence(language: &str, text: &str) -> String {
    let ticks = "`".repeat(3.max(longest_run(text, '`') + 1));
    let end = if text.ends_with('\n') { "" } else { "\n" };
    format!("{ticks}{language}\n{text}{end}{ticks}\n\n")
}

fn longest_run(text: &str, of: char) -> usize {
    text.split(|c| c != of).map(str::len).max().unwrap_or(0)
}

/// One line of text that Markdown shows as it is.
fn escape_markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() {
            escaped.push(' ');
            continue;
        }
        if c.is_ascii_punctuation() && !".,;'\"()/-=".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// The message of a workflow command.
fn escape_data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property of a workflow command.
fn escape_property(text: &str) -> String {
    escape_data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests;
