//! Legacy parameters, which requests can have instead of expressions.
//!
//! | module | contents |
//! |---|---|
//! | `comparison` | a comparison of one attribute |
//! | `structure` | the shapes of the parameters, and the constraints on their words |
//!
//! Callers make the checks in the order of AWS: [`constrain`] together with every other constraint,
//! then [`check_not_mixed`], [`Placeholders::check_wanted`] and [`check_conditional_operator`].
//!
//! [`Placeholders::check_wanted`]: super::Placeholders::check_wanted

mod comparison;
mod structure;

use std::collections::{BTreeMap, BTreeSet};

use super::condition::{Condition, Predicate};
use super::key_condition::KeyCondition;
use super::path::Path;
use super::projection::Projection;
use super::update::{PathChange, Update, UpdateAction};
use crate::answer::Answer;
use crate::members::Members;
use crate::value::Value;
use comparison::Comparison;

pub(crate) use structure::constrain;

const INVALID: &str = "One or more parameter values were invalid";

/// Refuses a request with both kinds of parameters.
///
/// The names are the members of the operation, in the order of AWS.
pub(crate) fn check_not_mixed(
    members: &Members<'_>,
    legacy: &[&str],
    expressions: &[&str],
) -> Result<(), Answer> {
    let expressions = present(members, expressions);
    let mut legacy = present(members, legacy);
    // AWS allows `KeyConditions` together with other expressions.
    if !expressions.contains(&"KeyConditionExpression") {
        legacy.retain(|name| *name != "KeyConditions");
    }
    if legacy.is_empty() || expressions.is_empty() {
        return Ok(());
    }
    Err(Answer::validation(&format!(
        "Can not use both expression and non-expression parameters in the same request: \
         Non-expression parameters: {{{}}} Expression parameters: {{{}}}",
        legacy.join(", "),
        expressions.join(", ")
    )))
}

/// Refuses a `ConditionalOperator` without two conditions in the member of this name.
pub(crate) fn check_conditional_operator(members: &Members<'_>, name: &str) -> Result<(), Answer> {
    if !members.has("ConditionalOperator") {
        return Ok(());
    }
    match structure::entries(members, name)?.map_or(0, |entries| entries.len()) {
        0 => {
            Err(Answer::validation("ConditionalOperator cannot be used without Filter or Expected"))
        }
        1 => Err(Answer::validation(
            "ConditionalOperator can only be used when Filter or Expected has two or more elements",
        )),
        _ => Ok(()),
    }
}

/// Reads `Expected`, if the request has it.
pub(crate) fn expected(members: &Members<'_>) -> Result<Option<Condition>, Answer> {
    condition(members, "Expected", Comparison::from_expected)
}

/// Reads `QueryFilter`, if the request has it.
pub(crate) fn query_filter(members: &Members<'_>) -> Result<Option<Condition>, Answer> {
    condition(members, "QueryFilter", Comparison::from_condition)
}

/// Reads `ScanFilter`, if the request has it.
pub(crate) fn scan_filter(members: &Members<'_>) -> Result<Option<Condition>, Answer> {
    condition(members, "ScanFilter", Comparison::from_condition)
}

/// Reads `KeyConditions`, if the request has it.
pub(crate) fn key_conditions(members: &Members<'_>) -> Result<Option<KeyCondition>, Answer> {
    let Some(entries) = structure::entries(members, "KeyConditions")? else { return Ok(None) };
    let mut predicates = BTreeMap::new();
    for (name, entry) in entries {
        predicates
            .insert(name.to_owned(), Comparison::from_condition(name, &entry)?.key_predicate());
    }
    KeyCondition::new(predicates).map(Some)
}

/// Reads `AttributeUpdates`, if the request has it.
pub(crate) fn attribute_updates(members: &Members<'_>) -> Result<Option<Update>, Answer> {
    let Some(entries) = structure::entries(members, "AttributeUpdates")? else { return Ok(None) };
    let mut changes = Vec::with_capacity(entries.len());
    for (name, entry) in entries {
        changes.push(PathChange::new(name, action(&entry)?));
    }
    Ok(Some(Update::legacy(changes)))
}

/// Reads `AttributesToGet`, if the request has it.
pub(crate) fn attributes_to_get(members: &Members<'_>) -> Result<Option<Projection>, Answer> {
    let Some(names) = structure::strings(members, "AttributesToGet")? else { return Ok(None) };
    let mut seen = BTreeSet::new();
    if let Some(name) = names.iter().find(|name| !seen.insert(**name)) {
        return Err(Answer::validation(&format!(
            "{INVALID}: Duplicate value in attribute name: {name}"
        )));
    }
    let paths: Vec<_> = names.into_iter().map(Path::new).collect();
    Ok(Some(Projection::new(&paths)))
}

fn present<'a>(members: &Members<'_>, names: &[&'a str]) -> Vec<&'a str> {
    names.iter().filter(|name| members.has(name)).copied().collect()
}

fn condition(
    members: &Members<'_>,
    name: &'static str,
    read: fn(&str, &Members<'_>) -> Result<Comparison, Answer>,
) -> Result<Option<Condition>, Answer> {
    let Some(entries) = structure::entries(members, name)? else { return Ok(None) };
    let mut predicates = Vec::with_capacity(entries.len());
    for (attribute, entry) in entries {
        predicates.push(read(attribute, &entry)?.predicate(attribute));
    }
    let predicate = match members.string("ConditionalOperator")? {
        Some("OR") => Predicate::Any(predicates),
        _ => Predicate::All(predicates),
    };
    Ok(Some(Condition::legacy(predicate, name)))
}

fn action(entry: &Members<'_>) -> Result<UpdateAction, Answer> {
    let verb = entry.string("Action")?.unwrap_or("PUT");
    let value = structure::value(entry, "Value")?;
    let unsupported = |value: &Value| {
        Err(Answer::validation(&format!(
            "{INVALID}: {verb} action{} is not supported for the type {}",
            if verb == "DELETE" { " with value" } else { "" },
            value.type_name()
        )))
    };
    match (verb, value) {
        ("DELETE", None) => Ok(UpdateAction::Remove),
        (_, None) => Err(Answer::validation(&format!(
            "{INVALID}: Only DELETE action is allowed when no attribute value is specified"
        ))),
        ("DELETE", Some(value)) => match value {
            Value::Ss(_) | Value::Ns(_) | Value::Bs(_) => Ok(UpdateAction::Delete(value)),
            value => unsupported(&value),
        },
        ("ADD", Some(value)) => match value {
            Value::N(_) | Value::Ss(_) | Value::Ns(_) | Value::Bs(_) | Value::L(_) => {
                Ok(UpdateAction::Add(value))
            }
            value => unsupported(&value),
        },
        (_, Some(value)) => Ok(UpdateAction::put(value)),
    }
}
