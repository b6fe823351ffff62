//! JUnit XML, which most CI systems read: one suite per command, one test case per promise, plan or
//! application.

use std::fmt::Display;
use std::path::Path;
use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use stormglass_sim::Run;
use stormglass_sim::report::replay_line;
use stormglass_spec::Violation;

use crate::explore::now;
use crate::{CommandError, Ending, workspace};

/// What came of one test case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It held.
    Passed,
    /// It was not put to the test.
    Skipped {
        /// Why not.
        why: String,
    },
    /// What it stands for is not true.
    Failed(Problem),
    /// The harness did not come to know.
    Error(Problem),
}

/// What is wrong, as a test case says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// In one sentence.
    pub(crate) message: String,
    /// Of which kind: the promise, or what failed.
    pub(crate) kind: String,
    /// In full.
    pub(crate) text: String,
}

impl Problem {
    /// A broken promise whose story nobody has told yet.
    pub(crate) fn untold(run: &Run, violation: &Violation, app: &str) -> Problem {
        Problem {
            message: violation.because.clone(),
            kind: violation.property.to_owned(),
            text: format!("replay   {}\n", replay_line(run, app)),
        }
    }

    /// Two problems of one test case: the first is the message, and both are in the text.
    pub(crate) fn and(self, other: &Problem) -> Problem {
        Problem { text: format!("{}\n{}", self.text, other.text), ..self }
    }
}

impl Verdict {
    /// Something was not put to the test.
    pub(crate) fn skipped(why: impl Into<String>) -> Verdict {
        Verdict::Skipped { why: why.into() }
    }

    /// The command could not go on.
    pub(crate) fn error(error: &impl Display) -> Verdict {
        let text = error.to_string();
        let message = text.lines().next().unwrap_or_default().to_owned();
        Verdict::Error(Problem { message, kind: "harness".to_owned(), text })
    }
}

/// The test cases of one command, in their order.
#[derive(Debug)]
pub(crate) struct Suite {
    name: String,
    class: String,
    cases: Vec<(String, Verdict)>,
}

impl Suite {
    /// A suite without test cases; `class` is the application that they are about.
    pub(crate) fn new(name: impl Into<String>, class: impl Into<String>) -> Suite {
        Suite { name: name.into(), class: class.into(), cases: Vec::new() }
    }

    /// Adds a test case, or gives it another verdict if there is one of that name.
    pub(crate) fn set(&mut self, name: &str, verdict: Verdict) {
        match self.cases.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = verdict,
            None => self.cases.push((name.to_owned(), verdict)),
        }
    }

    fn to_xml(&self, wall: Duration) -> Result<String, quick_junit::SerializeError> {
        let mut suite = TestSuite::new(visible(&self.name));
        suite.set_time(wall);
        for (name, verdict) in &self.cases {
            let mut case = TestCase::new(visible(name), status(verdict));
            case.set_classname(visible(&self.class));
            suite.add_test_case(case);
        }
        let mut report = Report::new("stormglass");
        report.set_time(wall).add_test_suite(suite);
        report.to_string()
    }
}

fn status(verdict: &Verdict) -> TestCaseStatus {
    match verdict {
        Verdict::Passed => TestCaseStatus::success(),
        Verdict::Skipped { why } => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(visible(why));
            status
        }
        Verdict::Failed(problem) => non_success(NonSuccessKind::Failure, problem),
        Verdict::Error(problem) => non_success(NonSuccessKind::Error, problem),
    }
}

fn non_success(kind: NonSuccessKind, problem: &Problem) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status
        .set_message(visible(&problem.message))
        .set_type(visible(&problem.kind))
        .set_description(visible(&problem.text));
    status
}

/// Writes out the characters that XML 1.0 has no place for, and others that steer a terminal: they
/// would be lost on the way.
fn visible(text: &str) -> String {
    let is_allowed =
        |c: char| matches!(c, '\n' | ' '..='\u{7e}' | '\u{a0}'..='\u{fffd}' | '\u{10000}'..);
    let mut written = String::with_capacity(text.len());
    for c in text.chars() {
        if is_allowed(c) {
            written.push(c);
        } else {
            written.extend(c.escape_unicode());
        }
    }
    written
}

/// Runs a command that fills a suite, and writes the suite to `path`, if there is one, however the
/// command ends.
///
/// # Errors
///
/// If the command cannot go on, or the file cannot be written; nothing is run if that shows before.
pub(crate) fn write_around(
    path: Option<&Path>,
    suite: &mut Suite,
    command: impl FnOnce(&mut Suite) -> Result<Ending, CommandError>,
) -> Result<Ending, CommandError> {
    let Some(path) = path else { return command(suite) };
    let destination = Destination::new(path)?;
    let started = now();
    let ending = command(suite);
    let written = destination.write(suite, started.elapsed());
    let ending = ending?;
    written.map(|()| ending)
}

/// Where a suite is written to.
#[derive(Debug)]
struct Destination<'a> {
    path: &'a Path,
}

impl<'a> Destination<'a> {
    /// Looks whether `path` can be written at all, before there is anything to write.
    ///
    /// # Errors
    ///
    /// If its folder does not exist, or it is a folder itself.
    fn new(path: &'a Path) -> Result<Destination<'a>, CommandError> {
        let shown = path.display();
        let folder = folder_of(path);
        if !folder.is_dir() {
            let folder = folder.display();
            return Err(CommandError::Usage(format!(
                "--junit {shown}: there is no folder {folder}; make it first"
            )));
        }
        if path.file_name().is_none() || path.is_dir() {
            return Err(CommandError::Usage(format!(
                "--junit {shown}: this is a folder; name a file in it"
            )));
        }
        Ok(Destination { path })
    }

    /// Writes a suite.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    fn write(&self, suite: &Suite, wall: Duration) -> Result<(), CommandError> {
        let io = |source| CommandError::Io {
            what: format!("cannot write {}", self.path.display()),
            source,
        };
        let xml = suite.to_xml(wall).map_err(|error| io(std::io::Error::other(error)))?;
        workspace::write_whole(self.path, &xml).map_err(io)
    }
}

/// The folder that holds a file; a bare name is in the current one.
fn folder_of(path: &Path) -> &Path {
    let parent = path.parent().unwrap_or(path);
    if parent.as_os_str().is_empty() { Path::new(".") } else { parent }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: &str) -> Problem {
        let text = text.to_owned();
        Problem { message: text.clone(), kind: text.clone(), text }
    }

    #[test]
    fn what_xml_has_no_place_for_is_written_out() {
        let text = "a\u{0}b\u{1b}[31m<]]>&\"'\u{fffe}\u{85}é\u{1f980}\ttab\nline";
        let mut suite = Suite::new(text, text);
        suite.set("case", Verdict::Failed(problem(text)));
        suite.set(text, Verdict::skipped(text));
        let xml = suite.to_xml(Duration::ZERO).expect("XML");
        let document = roxmltree::Document::parse(&xml).expect("valid XML");
        let failure = document.descendants().find(|node| node.has_tag_name("failure"));
        let written = "a\\u{0}b\\u{1b}[31m<]]>&\"'\\u{fffe}\\u{85}é\u{1f980}\\u{9}tab\nline";
        assert_eq!(failure.and_then(|node| node.text()), Some(written));
    }

    #[test]
    fn a_test_case_has_its_last_verdict_in_its_first_place() {
        let mut suite = Suite::new("suite", "app");
        suite.set("a", Verdict::Passed);
        suite.set("b", Verdict::Passed);
        suite.set("a", Verdict::skipped("late"));
        let (a, b) = ("a".to_owned(), "b".to_owned());
        assert_eq!(suite.cases, [(a, Verdict::skipped("late")), (b, Verdict::Passed)]);
    }

    #[test]
    fn of_two_problems_both_stories_are_told() {
        let both = problem("first").and(&problem("second"));
        assert_eq!(both, Problem { text: "first\nsecond".to_owned(), ..problem("first") });
    }

    #[test]
    fn a_bare_name_is_in_the_current_folder() {
        assert_eq!(folder_of(Path::new("x.xml")), Path::new("."));
        assert_eq!(folder_of(Path::new("/x.xml")), Path::new("/"));
        assert!(Destination::new(Path::new("/")).is_err());
        assert!(Destination::new(Path::new("x.xml")).is_ok());
    }
}
