//! GitHub Actions: an annotation and a section of the step summary for each broken promise.
//!
//! Annotations are workflow commands, which `actions/toolkit` escapes in `command.ts`. The summary
//! of a step is Markdown that each command appends to a file. GitHub drops all of it if it is
//! larger than 1 MiB.

use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::output::{note, say};

/// The largest summary of a step, in bytes.
const SUMMARY_MAX: u64 = 1 << 20;

/// The GitHub workflow that runs this command as a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GitHub {
    /// True if programs read standard output. Annotations then go to standard error; GitHub reads
    /// both.
    is_json: bool,
    /// The file of the step summary.
    step_summary: Option<PathBuf>,
}

impl GitHub {
    /// Returns the workflow that the environment variables describe, if there is one.
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
    pub(crate) fn show(&self, failure: &Failure) {
        let Failure { violation, app, source, .. } = failure;
        let title = format!("{} is broken (app {app}, {source})", violation.property);
        self.annotate(&title, &format!("{}\n{}", violation.because, failure.replay));
        self.append(|room| section(failure, &failure.mermaid(), room));
    }

    /// Shows an error other than a broken promise.
    pub(crate) fn show_error(&self, title: &str, message: &str) {
        self.annotate(title, message);
        self.show_line(title, message);
    }

    /// Appends a paragraph to the step summary.
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

    /// Appends the text that `text` returns for the free space of the summary, in bytes.
    fn append(&self, text: impl FnOnce(usize) -> Option<String>) {
        let Some(path) = &self.step_summary else { return };
        match append_to(path, text) {
            Ok(true) => {}
            Ok(false) => note!("note: the step summary is full: its limit is 1 MiB"),
            // The verdict does not depend on the summary.
            Err(error) => note!("note: cannot append to {}: {error}", path.display()),
        }
    }
}

/// Appends the text that fits into the file, if there is one, and reports whether there was.
fn append_to(path: &Path, text: impl FnOnce(usize) -> Option<String>) -> io::Result<bool> {
    let mut file = OpenOptions::new().create(true).append(true).open(path)?;
    let room = SUMMARY_MAX.saturating_sub(file.metadata()?.len());
    let Some(text) = text(usize::try_from(room).unwrap_or(usize::MAX)) else { return Ok(false) };
    file.write_all(text.as_bytes())?;
    Ok(true)
}

/// Returns the section of a broken promise, in at most `room` bytes. Leaves out the report if the
/// section would be too long, and then the diagram.
fn section(failure: &Failure, mermaid: &str, room: usize) -> Option<String> {
    let head = head(failure);
    let diagram = fence("mermaid", mermaid);
    let report = format!(
        "<details><summary>The whole report</summary>\n\n{}</details>\n\n",
        fence("text", &failure.report)
    );
    let candidates = [
        format!("{head}{diagram}{report}"),
        format!("{head}{diagram}{}", left_out("report")),
        format!("{head}{}", left_out("report and the diagram")),
    ];
    candidates.into_iter().find(|text| text.len() <= room)
}

fn head(failure: &Failure) -> String {
    let Failure { violation, app, source, .. } = failure;
    format!(
        "### FAILED {}\n\napp {}, {}\n\n**promise** {}\n\n**because** {}\n\n{}",
        escape_markdown(violation.property),
        escape_markdown(app),
        escape_markdown(source),
        escape_markdown(violation.promise),
        escape_markdown(&violation.because),
        fence("sh", &failure.replay),
    )
}

fn left_out(parts: &str) -> String {
    format!(
        "There is no room for the {parts}: the limit of a step summary is 1 MiB. Use the replay \
         command instead.\n\n"
    )
}

/// Returns a block of code that shows its text unchanged, even if the text has fences in it.
fn fence(language: &str, text: &str) -> String {
    let ticks = "`".repeat(3.max(longest_run(text, '`') + 1));
    let end = if text.ends_with('\n') { "" } else { "\n" };
    format!("{ticks}{language}\n{text}{end}{ticks}\n\n")
}

fn longest_run(text: &str, character: char) -> usize {
    text.split(|c| c != character).map(str::len).max().unwrap_or(0)
}

/// Escapes a text, so that Markdown shows it unchanged and in one line.
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

/// Escapes the message of a workflow command.
fn escape_data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes a property of a workflow command.
fn escape_property(text: &str) -> String {
    escape_data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests;
