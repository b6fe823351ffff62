//! Values of a policy document, each checked at its place.

use serde_json::{Map, Value};

/// A mistake in a policy document, for which AWS refuses the whole policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {problem}")]
pub struct PolicyError {
    /// The place in the document, like `Statement[0].Effect`.
    pub place: String,
    /// The mistake, and the way out.
    pub problem: String,
}

/// Returns the items of a list, or the one item that is no list, each with its place.
pub(super) fn one_or_many<'a>(value: &'a Value, place: &str) -> Vec<(String, &'a Value)> {
    match value {
        Value::Array(items) => {
            let items = items.iter().enumerate();
            items.map(|(index, item)| (format!("{place}[{index}]"), item)).collect()
        }
        item => vec![(place.to_owned(), item)],
    }
}

/// Refuses members that AWS does not know.
pub(super) fn check_members(
    members: &Map<String, Value>,
    known: &[&str],
    place: &str,
) -> Result<(), PolicyError> {
    let Some(name) = members.keys().find(|name| !known.contains(&name.as_str())) else {
        return Ok(());
    };
    let place = if place.is_empty() { name.clone() } else { format!("{place}.{name}") };
    let known = known.join(", ");
    Err(error(&place, &format!("there is no such member; the members are {known}")))
}

pub(super) fn object<'a>(
    value: &'a Value,
    place: &str,
) -> Result<&'a Map<String, Value>, PolicyError> {
    value.as_object().ok_or_else(|| error(place, &format!("an object was expected, not {value}")))
}

pub(super) fn text<'a>(value: &'a Value, place: &str) -> Result<&'a str, PolicyError> {
    value.as_str().ok_or_else(|| error(place, &format!("a text was expected, not {value}")))
}

/// Returns the text of a value of a condition, which may be a number or a boolean as well.
pub(super) fn scalar(value: &Value, place: &str) -> Result<String, PolicyError> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(_) | Value::Bool(_) => Ok(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => {
            Err(error(place, &format!("a text, a number or a boolean was expected, not {value}")))
        }
    }
}

pub(super) fn error(place: &str, problem: &str) -> PolicyError {
    PolicyError { place: place.to_owned(), problem: problem.to_owned() }
}
