//! The name of the table of an operation of the control plane.

use crate::answer::Answer;
use crate::members::Members;
use crate::names::{self, TABLE_LENGTH_MAX, TextRule};
use crate::refusals;

/// Reads the text that names the table.
///
/// Only its characters are checked at once; [`check`] does the rest when every member is read.
pub(super) fn read<'a>(members: &mut Members<'a>) -> Result<Option<&'a str>, Answer> {
    let Some(text) = members.string("TableName")? else { return Ok(None) };
    if let Some(arn) = members.table_arn(text) {
        return if arn.is_ours() {
            Ok(Some(arn.table))
        } else {
            Err(refusals::table_not_found(arn.table))
        };
    }
    let characters = TextRule { is_name: true, least: 0, most: usize::MAX };
    members.check_text("TableName", text, characters);
    Ok(Some(text))
}

/// Checks the name that [`read`] returned and reports every violation, in the order of AWS.
///
/// A name that is missing or of the wrong length is reported alone.
pub(super) fn check(members: &mut Members<'_>, name: Option<&str>) -> Result<String, Answer> {
    let Some(name) = name else {
        return Err(Answer::validation(
            "The parameter 'TableName' is required but was not present in the request",
        ));
    };
    let rule = TextRule { is_name: true, least: 3, most: TABLE_LENGTH_MAX };
    if let Some(constraint) = rule.length_violation(name) {
        return Err(names::wrong_length(name, &constraint));
    }
    members.check()?;
    Ok(name.to_owned())
}
