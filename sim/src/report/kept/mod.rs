//! Cases in files, each with comments that say why it is kept.
//!
//! A folder of cases remembers past violations. One test replays them all:
//!
//! ```no_run
//! # use stormglass_sim::{App, kept};
//! # fn test(chat: &dyn App) -> Result<(), kept::FolderError> {
//! kept::replay_all(chat, concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases"))?;
//! # Ok(())
//! # }
//! ```

mod folder;

use std::fmt;

use stormglass_spec::Violation;

use crate::case::{Case, CaseError};
pub use folder::{FolderError, folder, replay_all};

/// The width of a comment line.
const WIDTH: usize = 100;

/// A case to be kept, with the result of its run on that day.
#[derive(Clone, Copy, Debug)]
pub struct KeptCase<'a> {
    /// The case.
    pub case: &'a Case,
    /// The name of the application that ran it.
    pub app: &'a str,
    /// The violation. A case without one may be the trace of a fault that was mended.
    pub violation: Option<&'a Violation>,
}

/// Reads the text of a file that holds a case. Lines that begin with `#` are comments, and the case
/// may stand on several lines.
///
/// # Errors
///
/// If the rest of the text is no case.
pub fn read(text: &str) -> Result<Case, CaseError> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let case: Vec<&str> = lines.filter(|line| !line.starts_with('#')).collect();
    case.join(" ").parse()
}

impl fmt::Display for KeptCase<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let KeptCase { case, app, violation } = self;
        writeln!(f, "# app      {app}")?;
        match violation {
            None => writeln!(f, "# held     every promise")?,
            Some(violation) => {
                writeln!(f, "# broke    {}  ({})", violation.property, violation.kind)?;
                writeln!(f, "{}", comment("# because  ", &violation.because))?;
            }
        }
        writeln!(f, "{case}")
    }
}

/// Returns a text as comment lines. Every line is a comment, whatever the text holds.
fn comment(heading: &str, text: &str) -> String {
    let indent = format!("#{}", " ".repeat(heading.len() - 1));
    let options = textwrap::Options::new(WIDTH).initial_indent(heading).subsequent_indent(&indent);
    textwrap::fill(text, options)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_can_be_read_whatever_the_reason_holds() {
        let case: Case =
            r#"v1 ana:c,t"\n# no comment" | ana.c1.answer=late1s"#.parse().expect("a case");
        for because in ["short", "two\nlines", &"a long story ".repeat(30), &"x".repeat(300), ""] {
            let violation = Violation {
                property: "registered",
                promise: "While a connection is open, its row is in the table.",
                ..Violation::new(because, [""; 0])
            };
            for violation in [None, Some(&violation)] {
                let text = KeptCase { case: &case, app: "stormglass", violation }.to_string();
                assert_eq!(read(&text), Ok(case.clone()), "{text}");
                let mut comments = text.lines().filter(|line| line.starts_with('#'));
                assert!(comments.all(|line| line.chars().count() <= WIDTH), "{text}");
            }
        }
    }

    #[test]
    fn a_case_may_stand_on_several_lines_among_comments() {
        let text = "# two clients\nv1 ana:c\n\n  bob:c,b\"hi\"\n# and no more\n";
        assert_eq!(read(text), r#"v1 ana:c bob:c,b"hi""#.parse());
        assert!(read("# nothing else").is_err());
    }
}
