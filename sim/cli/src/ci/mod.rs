//! Results for continuous integration.
//!
//! - `github`: annotations and step summaries of GitHub workflows.
//! - `junit`: JUnit files, which most CI systems read.
//! - `suites`: the test cases of each command.

pub(crate) mod github;
pub(crate) mod junit;
pub(crate) mod suites;
