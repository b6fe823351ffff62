//! The argument that names a run: a seed, the text of a case, or a file.

use std::fs;
use std::path::Path;

use stormglass_sim::case::CaseError;
use stormglass_sim::search::explore;
use stormglass_sim::{App, Case, kept};

use crate::outcome::SimError;
use crate::seed::parse_seed;

/// Finds the case that `source` names. The second part of the result describes `source` in a
/// report: `seed 17`, `case`, or the name of the file.
///
/// # Errors
///
/// If `source` names nothing, or its case cannot be read.
pub(crate) fn find_case(source: &str, app: &dyn App) -> Result<(Case, String), SimError> {
    if let Ok(seed) = parse_seed(source) {
        return Ok((explore::case_of(app, seed)?, format!("seed {seed}")));
    }
    if looks_like_a_case(source) {
        let case = source.parse().map_err(|error| unreadable(&error, "the case"))?;
        return Ok((case, "case".to_owned()));
    }
    if !Path::new(source).exists() {
        return Err(SimError::Usage(format!(
            "`{source}` is no seed (a number such as 17 or 0x5f3c91, or the 40 digits of a \
             commit), no case (it starts with `v1 `) and no file"
        )));
    }
    let text = fs::read_to_string(source)
        .map_err(|error| SimError::Usage(format!("cannot read {source}: {error}")))?;
    let case = kept::read(&text).map_err(|error| unreadable(&error, source))?;
    Ok((case, source.to_owned()))
}

/// Reports whether a text begins with the version of a case, such as `v1`.
fn looks_like_a_case(source: &str) -> bool {
    let version = source.trim_start().strip_prefix('v').unwrap_or_default();
    let digits = version.len() - version.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    digits > 0 && version[digits..].chars().next().is_none_or(char::is_whitespace)
}

fn unreadable(error: &CaseError, source: &str) -> SimError {
    SimError::Usage(format!("{source}: {error}"))
}
