//! JUnit XML, which most CI systems read: a suite for each command, and in it a test case for each
//! promise, plan or known bug.

use std::fmt::Display;
use std::io;
use std::path::Path;
use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use stormglass_sim::{App, Run};
use stormglass_spec::Violation;

use crate::clock::now;
use crate::failure::Failure;
use crate::outcome::{Outcome, SimError};
use crate::program::command_line;
use crate::workspace;

/// The result of one test case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TestResult {
    /// The test passed.
    Passed,
    /// The test did not run.
    Skipped {
        /// The reason, in words.
        reason: String,
    },
    /// The test failed.
    Failed(Problem),
    /// The harness could not find out.
    Error(Problem),
}

/// The problem of a test case that did not pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The problem in one sentence.
    pub(crate) message: String,
    /// The kind of problem: the name of the promise, or of the part that failed.
    pub(crate) kind: String,
    /// The whole report.
    pub(crate) text: String,
}

impl Problem {
    /// Creates the problem of a broken promise with its report.
    pub(crate) fn reported(failure: &Failure) -> Problem {
        Problem {
            message: failure.violation.because.clone(),
            kind: failure.violation.property.to_owned(),
            text: failure.report.clone(),
        }
    }

    /// Creates the problem of a broken promise that has no report yet.
    pub(crate) fn unreported(run: &Run, violation: &Violation, app: &dyn App) -> Problem {
        Problem {
            message: violation.because.clone(),
            kind: violation.property.to_owned(),
            text: format!("replay   {}\n", command_line(app).replay(&run.case)),
        }
    }

    /// Creates the problem of a promise that broke in the step of a violation of another one.
    pub(crate) fn beside(run: &Run, violation: &Violation, id: &str, app: &dyn App) -> Problem {
        Problem {
            message: format!("broken by the same step as {}", violation.property),
            kind: id.to_owned(),
            ..Problem::unreported(run, violation, app)
        }
    }

    /// Joins two problems of one test case: the message of the first, and the texts of both.
    pub(crate) fn and(self, other: &Problem) -> Problem {
        Problem { text: format!("{}\n{}", self.text, other.text), ..self }
    }
}

impl TestResult {
    /// Creates the result of a test that did not run.
    pub(crate) fn skipped(reason: impl Into<String>) -> TestResult {
        TestResult::Skipped { reason: reason.into() }
    }

    /// Creates the result of a test that an error of the command ended.
    pub(crate) fn error(error: &impl Display) -> TestResult {
        let text = error.to_string();
        let message = text.lines().next().unwrap_or_default().to_owned();
        TestResult::Error(Problem { message, kind: "harness".to_owned(), text })
    }
}

/// The test cases of one command, in their order.
#[derive(Debug)]
pub(crate) struct Suite {
    name: String,
    class: String,
    cases: Vec<(String, TestResult)>,
}

impl Suite {
    /// Creates a suite without test cases. `class` is the name of the application under test.
    pub(crate) fn new(name: impl Into<String>, class: impl Into<String>) -> Suite {
        Suite { name: name.into(), class: class.into(), cases: Vec::new() }
    }

    /// Adds a test case, or replaces the result of the test case of that name.
    pub(crate) fn set(&mut self, name: &str, result: TestResult) {
        match self.cases.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = result,
            None => self.cases.push((name.to_owned(), result)),
        }
    }

    /// Lets a test case fail, unless it has failed already.
    pub(crate) fn fail(&mut self, name: &str, problem: Problem) {
        let is_failed = |(known, result): &(String, TestResult)| {
            known == name && matches!(result, TestResult::Failed(_))
        };
        if !self.cases.iter().any(is_failed) {
            self.set(name, TestResult::Failed(problem));
        }
    }

    fn to_xml(&self, wall: Duration) -> Result<String, quick_junit::SerializeError> {
        let mut suite = TestSuite::new(visible(&self.name));
        suite.set_time(wall);
        for (name, result) in &self.cases {
            let mut case = TestCase::new(visible(name), status(result));
            case.set_classname(visible(&self.class));
            suite.add_test_case(case);
        }
        let mut report = Report::new("stormglass");
        report.set_time(wall).add_test_suite(suite);
        report.to_string()
    }
}

fn status(result: &TestResult) -> TestCaseStatus {
    match result {
        TestResult::Passed => TestCaseStatus::success(),
        TestResult::Skipped { reason } => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(visible(reason));
            status
        }
        TestResult::Failed(problem) => non_success(NonSuccessKind::Failure, problem),
        TestResult::Error(problem) => non_success(NonSuccessKind::Error, problem),
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

/// Escapes the characters that XML 1.0 does not allow and those that control a terminal, which
/// would be lost otherwise.
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

/// Runs a command that fills a suite. If there is a `path`, writes the suite to it, even if the
/// command ends in an error.
///
/// # Errors
///
/// If the command ends in one, or the file cannot be written. Does not run the command if the path
/// is wrong.
pub(crate) fn write_around(
    path: Option<&Path>,
    suite: &mut Suite,
    command: impl FnOnce(&mut Suite) -> Result<Outcome, SimError>,
) -> Result<Outcome, SimError> {
    let Some(path) = path else { return command(suite) };
    let destination = Destination::new(path)?;
    let started = now();
    let outcome = command(suite);
    let written = destination.write(suite, started.elapsed());
    let outcome = outcome?;
    written.map(|()| outcome)
}

/// The file that a suite is written to.
#[derive(Debug)]
struct Destination<'a> {
    path: &'a Path,
}

impl<'a> Destination<'a> {
    /// Checks the path before there is a suite to write.
    ///
    /// # Errors
    ///
    /// If the folder of `path` does not exist, or `path` is a folder itself.
    fn new(path: &'a Path) -> Result<Destination<'a>, SimError> {
        let shown = path.display();
        let folder = folder_of(path);
        if !folder.is_dir() {
            let folder = folder.display();
            return Err(SimError::Usage(format!(
                "--junit {shown}: there is no folder {folder}; create it first"
            )));
        }
        if path.file_name().is_none() || path.is_dir() {
            return Err(SimError::Usage(format!(
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
    fn write(&self, suite: &Suite, wall: Duration) -> Result<(), SimError> {
        let cannot_write = || SimError::io(format!("cannot write {}", self.path.display()));
        let xml = suite.to_xml(wall).map_err(io::Error::other).map_err(cannot_write())?;
        workspace::write_whole(self.path, &xml).map_err(cannot_write())
    }
}

/// Returns the folder of a file. A bare name is in the current folder.
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
    fn characters_that_xml_does_not_allow_are_escaped() {
        let text = "a\u{0}b\u{1b}[31m<]]>&\"'\u{fffe}\u{85}é\u{1f980}\ttab\nline";
        let mut suite = Suite::new(text, text);
        suite.set("case", TestResult::Failed(problem(text)));
        suite.set(text, TestResult::skipped(text));
        let xml = suite.to_xml(Duration::ZERO).expect("XML");
        let document = roxmltree::Document::parse(&xml).expect("valid XML");
        let failure = document.descendants().find(|node| node.has_tag_name("failure"));
        let written = "a\\u{0}b\\u{1b}[31m<]]>&\"'\\u{fffe}\\u{85}é\u{1f980}\\u{9}tab\nline";
        assert_eq!(failure.and_then(|node| node.text()), Some(written));
    }

    #[test]
    fn a_test_case_has_its_last_result_in_its_first_place() {
        let mut suite = Suite::new("suite", "app");
        suite.set("a", TestResult::Passed);
        suite.set("b", TestResult::Passed);
        suite.set("a", TestResult::skipped("late"));
        let (a, b) = ("a".to_owned(), "b".to_owned());
        assert_eq!(suite.cases, [(a, TestResult::skipped("late")), (b, TestResult::Passed)]);
    }

    #[test]
    fn two_problems_are_joined_with_both_texts() {
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
