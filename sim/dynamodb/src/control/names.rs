//! Names of tables, and where AWS is strict about them.

use super::arn::TableArn;
use super::refusals;
use super::text::{self, Text};
use crate::answer::Answer;
use crate::members::Members;

const LENGTH_MAX: usize = 255;
const ARN_LENGTH_MAX: usize = 1024;

/// The name of the table of an operation on data, for whom names begin at one character.
pub(crate) fn of_data(members: &mut Members<'_>, text: &str) -> Result<String, Answer> {
    if text.is_empty() {
        return Err(alone(text, &text::at_least(1)));
    }
    match resolve(members, text) {
        Some(arn) if !arn.is_ours() => Err(Answer::table_not_found()),
        Some(arn) => Ok(arn.table.to_owned()),
        None => {
            Text { is_name: true, least: 1, most: LENGTH_MAX }.check(members, "TableName", text);
            Ok(text.to_owned())
        }
    }
}

/// The text that names the table of an operation of the control plane.
///
/// Only its characters are checked at once; [`checked`] does the rest when every member is read.
pub(super) fn read<'a>(members: &mut Members<'a>) -> Result<Option<&'a str>, Answer> {
    let Some(text) = members.string("TableName")? else { return Ok(None) };
    if let Some(arn) = resolve(members, text) {
        return if arn.is_ours() {
            Ok(Some(arn.table))
        } else {
            Err(refusals::table_not_found(arn.table))
        };
    }
    Text { is_name: true, least: 0, most: usize::MAX }.check(members, "TableName", text);
    Ok(Some(text))
}

/// The name that [`read`] gave, once AWS would look at it and at all violations.
///
/// A name that is missing or of the wrong length is reported alone.
pub(super) fn checked(members: &mut Members<'_>, name: Option<&str>) -> Result<String, Answer> {
    let Some(name) = name else {
        return Err(Answer::validation(
            "The parameter 'TableName' is required but was not present in the request",
        ));
    };
    if let Some(constraint) = text::length_violation(name, 3, LENGTH_MAX) {
        return Err(alone(name, &constraint));
    }
    members.check()?;
    Ok(name.to_owned())
}

/// A violation that AWS reports before it looks at any other member.
fn alone(name: &str, constraint: &str) -> Answer {
    Answer::validation(&format!(
        "1 validation error detected: Value '{name}' at 'tableName' failed to satisfy constraint: \
         {constraint}"
    ))
}

fn resolve<'a>(members: &mut Members<'_>, text: &'a str) -> Option<TableArn<'a>> {
    let arn = TableArn::parse(text)?;
    if text.len() > ARN_LENGTH_MAX {
        members.violate("TableName", Some(text), &text::at_most(ARN_LENGTH_MAX));
    }
    Some(arn)
}
