//! The shapes of legacy parameters, and the constraints on their words.

use serde_json::Value as Json;

use super::comparison::Operator;
use crate::answer::Answer;
use crate::decode::{self, ValueFault};
use crate::json;
use crate::members::Members;
use crate::value::Value;

const ACTIONS: [&str; 3] = ["ADD", "PUT", "DELETE"];

/// Notes the violations of constraints in a legacy parameter.
pub(crate) fn constrain(members: &mut Members<'_>, name: &str) -> Result<(), Answer> {
    if name == "AttributesToGet" {
        let names = strings(members, name)?;
        if names.is_some_and(|names| names.is_empty()) {
            let bound = "Member must have length greater than or equal to 1";
            members.violate(name, Some("[]"), bound);
        }
        return Ok(());
    }
    let entries = entries(members, name)?.unwrap_or_default();
    for (_, entry) in &entries {
        check_shapes(entry)?;
    }
    for (attribute, entry) in entries {
        let place = |member: &str| format!("{name}.{attribute}.member.{member}");
        match (name, entry.string("ComparisonOperator")?, entry.string("Action")?) {
            ("AttributeUpdates", _, Some(word)) if !ACTIONS.contains(&word) => {
                members.violate(&place("action"), Some(word), &enumeration(&ACTIONS));
            }
            ("AttributeUpdates" | "Expected", None, _) | ("AttributeUpdates", ..) => {}
            (_, None, _) => {
                let place = place("comparisonOperator");
                members.violate(&place, None, "Member must not be null");
            }
            (_, Some(word), _) if Operator::parse(word).is_none() => {
                let words = Operator::ALL.map(|(word, _)| word);
                members.violate(&place("comparisonOperator"), Some(word), &enumeration(&words));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Refuses values of the wrong shape, which AWS reports before every fault of content.
fn check_shapes(entry: &Members<'_>) -> Result<(), Answer> {
    entry.switch("Exists")?;
    entry.read("Value", |json| decode::check_shape(field(json)))?;
    entry.read("AttributeValueList", |json| {
        list(json)?.iter().try_for_each(|json| decode::check_shape(decode::value(json)))
    })?;
    Ok(())
}

/// Reads the structures in a map, in the order of their names.
pub(super) fn entries<'a>(
    members: &Members<'a>,
    name: &str,
) -> Result<Option<Vec<(&'a str, Members<'a>)>>, Answer> {
    let class = match name {
        "Expected" => "ExpectedAttributeValue",
        "AttributeUpdates" => "AttributeValueUpdate",
        _ => "Condition",
    };
    let full_class = format!("com.amazonaws.dynamodb.v20120810.{class}");
    let read = |json| decode::object_of(json, &full_class).map(json::sorted);
    let Some(entries) = members.read(name, read)? else { return Ok(None) };
    let mut structures = Vec::with_capacity(entries.len());
    for (attribute, json) in entries {
        if json.is_array() {
            let message = format!(
                "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.{class}"
            );
            return Err(ValueFault::Shape(message).answer());
        }
        structures.push((attribute.as_str(), Members::new(json)?));
    }
    Ok(Some(structures))
}

/// Reads a list of strings.
pub(super) fn strings<'a>(
    members: &Members<'a>,
    name: &str,
) -> Result<Option<Vec<&'a str>>, Answer> {
    members.read(name, |json| list(json)?.iter().map(decode::string).collect())
}

/// Reads a list of attribute values.
pub(super) fn values(members: &Members<'_>, name: &str) -> Result<Option<Vec<Value>>, Answer> {
    members.read(name, |json| list(json)?.iter().map(decode::value).collect())
}

/// Reads an attribute value that is a member of a structure.
pub(super) fn value(members: &Members<'_>, name: &str) -> Result<Option<Value>, Answer> {
    members.read(name, field)
}

fn field(json: &Json) -> Result<Value, ValueFault> {
    match json {
        Json::Object(_) | Json::Array(_) => decode::value(json),
        _ => shape("Unexpected field type"),
    }
}

fn list(json: &Json) -> Result<&[Json], ValueFault> {
    match json {
        Json::Array(list) => Ok(list),
        Json::Object(_) => shape("Start of structure or map found where not expected"),
        _ => shape("Unexpected field type"),
    }
}

fn shape<T>(message: impl Into<String>) -> Result<T, ValueFault> {
    Err(ValueFault::Shape(message.into()))
}

fn enumeration(words: &[&str]) -> String {
    format!("Member must satisfy enum value set: [{}]", words.join(", "))
}
