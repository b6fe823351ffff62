//! Decodes attribute values and other members from JSON, with the errors of AWS.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};

use crate::answer::Answer;
use crate::json;
use crate::number::Number;
use crate::value::Value;

/// The largest number of levels of a value, that of the attribute included.
const DEPTH_MAX: usize = 32;

/// The class of attribute values in the errors of AWS.
pub(super) const ATTRIBUTE_VALUE: &str = "com.amazonaws.dynamodb.v20120810.AttributeValue";

/// The class of strings in the errors of AWS.
pub(super) const STRING: &str = "java.lang.String";

const CANNOT_BE_CAST: &str = "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl \
    cannot be cast to class java.lang.Class (sun.reflect.generics.reflectiveObjects.\
    ParameterizedTypeImpl and java.lang.Class are in module java.base of loader 'bootstrap')";

const EMPTY: &str =
    "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes";

const INVALID: &str = "One or more parameter values were invalid";

/// A fault of a value, with the message of AWS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ValueFault {
    /// The JSON does not have the shape of a value.
    Shape(String),
    /// The shape is right, but the value is not allowed.
    Content(String),
    /// The text is no number, or the list no set.
    ///
    /// AWS finds this earlier than other content, and does not name the place of the value then.
    Conversion(String),
}

impl ValueFault {
    /// The answer to a request with such a value.
    pub(super) fn answer(self) -> Answer {
        match self {
            ValueFault::Shape(message) => Answer::serialization(Some(&message)),
            ValueFault::Content(message) | ValueFault::Conversion(message) => {
                Answer::validation(&message)
            }
        }
    }

    /// Replaces the message, except for a wrong shape, whose message never names a place.
    pub(super) fn reword(self, reword: impl FnOnce(&str) -> String) -> ValueFault {
        match self {
            ValueFault::Shape(_) => self,
            ValueFault::Content(message) | ValueFault::Conversion(message) => {
                ValueFault::Content(reword(&message))
            }
        }
    }
}

fn shape<T>(message: impl Into<String>) -> Result<T, ValueFault> {
    Err(ValueFault::Shape(message.into()))
}

fn content<T>(message: impl Into<String>) -> Result<T, ValueFault> {
    Err(ValueFault::Content(message.into()))
}

/// Decodes a value with its type around it, like `{"S":"text"}`.
pub(super) fn value(json: &Json) -> Result<Value, ValueFault> {
    value_at(json, 0)
}

fn value_at(json: &Json, depth: usize) -> Result<Value, ValueFault> {
    let object = match json {
        Json::Object(object) => object,
        Json::Array(_) => {
            return shape(
                "Unrecognized collection type class \
                 com.amazonaws.dynamodb.v20120810.AttributeValue",
            );
        }
        _ => return shape("Unexpected value type in payload"),
    };
    if depth >= DEPTH_MAX {
        return content(
            "Nesting Levels have exceeded supported limits: Attributes in the item have nested \
             levels beyond supported limit",
        );
    }
    let mut value = None;
    for (name, json) in json::sorted(object) {
        let Some(read) = typed(name, json, depth)? else { continue };
        if value.replace(read).is_some() {
            return content(
                "Supplied AttributeValue has more than one datatypes set, must contain exactly one \
                 of the supported datatypes",
            );
        }
    }
    value.map_or_else(|| content(EMPTY), Ok)
}

/// Refuses named values if one has the wrong shape, and ignores faults of their content.
///
/// AWS reports a wrong shape before every fault of content.
pub(super) fn check_shapes(json: &Json) -> Result<(), ValueFault> {
    map(json, ATTRIBUTE_VALUE, |json| check_shape(value(json)))?;
    Ok(())
}

/// Ignores faults of content, and keeps those of shape.
pub(super) fn check_shape<T>(read: Result<T, ValueFault>) -> Result<(), ValueFault> {
    match read {
        Err(ValueFault::Shape(message)) => Err(ValueFault::Shape(message)),
        Ok(_) | Err(ValueFault::Content(_) | ValueFault::Conversion(_)) => Ok(()),
    }
}

/// Decodes the value of a type; none for nulls and for names that are no type.
fn typed(name: &str, json: &Json, depth: usize) -> Result<Option<Value>, ValueFault> {
    if json.is_null() {
        return Ok(None);
    }
    Ok(Some(match name {
        "S" => Value::S(string(json)?.to_owned()),
        "N" => Value::N(number(json)?),
        "B" => Value::B(bytes(json)?),
        "BOOL" => Value::Bool(boolean(json)?),
        "NULL" if boolean(json)? => Value::Null,
        "NULL" => {
            return content(format!(
                "{INVALID}: Null attribute value types must have the value of true"
            ));
        }
        "M" => Value::M(map(json, ATTRIBUTE_VALUE, |json| value_at(json, depth + 1))?),
        "L" => Value::L(
            list(json)?.iter().map(|json| value_at(json, depth + 1)).collect::<Result<_, _>>()?,
        ),
        "SS" => Value::Ss(strings(json)?),
        "NS" => Value::Ns(numbers(json)?),
        "BS" => Value::Bs(byte_strings(json)?),
        _ => return Ok(None),
    }))
}

/// Decodes named values; `class` is their class in the errors of AWS. `json` is not null.
pub(super) fn map<T>(
    json: &Json,
    class: &str,
    mut read: impl FnMut(&Json) -> Result<T, ValueFault>,
) -> Result<BTreeMap<String, T>, ValueFault> {
    let object = object_of(json, class)?;
    // In the order of the names, so that the first error is always the same one.
    json::sorted(object).into_iter().map(|(name, json)| Ok((name.clone(), read(json)?))).collect()
}

pub(super) fn string(json: &Json) -> Result<&str, ValueFault> {
    match json {
        Json::String(string) => Ok(string),
        other => shape(not_convertible(other, "String")),
    }
}

/// Decodes a truth value, for which AWS takes some words too.
pub(super) fn boolean(json: &Json) -> Result<bool, ValueFault> {
    match json {
        Json::Bool(bool) => Ok(*bool),
        Json::String(text) => match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => Ok(true),
            "false" | "no" | "0" => Ok(false),
            _ => shape("Unexpected token received from parser"),
        },
        other => shape(not_convertible(other, "Boolean")),
    }
}

/// Decodes a whole number, and drops its fraction.
pub(super) fn integer(json: &Json) -> Result<i64, ValueFault> {
    whole(json, "Integer")
}

/// Decodes a whole number of a member that is a `Long` on AWS.
pub(super) fn long(json: &Json) -> Result<i64, ValueFault> {
    whole(json, "Long")
}

fn whole(json: &Json, to: &str) -> Result<i64, ValueFault> {
    let number = match json {
        Json::Number(number) => number,
        other => return shape(not_convertible(other, to)),
    };
    // The cast stops at the ends of the range, which is far beyond what any member may be.
    let whole = || number.as_f64().map_or(i64::MAX, |number| number.floor() as i64);
    Ok(number.as_i64().unwrap_or_else(whole))
}

fn not_convertible(json: &Json, to: &str) -> String {
    let from = match json {
        Json::Array(_) => return format!("Unrecognized collection type class java.lang.{to}"),
        Json::Object(_) => return "Start of structure or map found where not expected".to_owned(),
        Json::Null => "NULL_VALUE",
        Json::Bool(true) => "TRUE_VALUE",
        Json::Bool(false) => "FALSE_VALUE",
        Json::Number(number) if number.is_f64() => "DECIMAL_VALUE",
        Json::Number(_) => "NUMBER_VALUE",
        Json::String(_) => "STRING_VALUE",
    };
    format!("{from} cannot be converted to {to}")
}

fn number(json: &Json) -> Result<Number, ValueFault> {
    Number::parse(string(json)?).map_err(ValueFault::Conversion)
}

fn bytes(json: &Json) -> Result<Vec<u8>, ValueFault> {
    let text = match json {
        Json::String(text) => text,
        Json::Array(_) => {
            return shape("Unrecognized collection type class java.nio.ByteBuffer");
        }
        Json::Object(_) => return shape("Start of structure or map found where not expected"),
        _ => return shape("only base-64-encoded strings are convertible to bytes"),
    };
    if !text.len().is_multiple_of(4) {
        return shape(format!(
            "Base64 encoded length is expected a multiple of 4 bytes but found: {}",
            text.len()
        ));
    }
    // The misspelling is AWS's.
    json::parse_base64(text)
        .map_or_else(|| shape("Invalid last non-pad Base64 character dectected"), Ok)
}

pub(super) fn list(json: &Json) -> Result<&[Json], ValueFault> {
    match json {
        Json::Array(list) => Ok(list),
        Json::Object(_) => shape("Start of structure or map found where not expected"),
        _ => shape("Unexpected field type"),
    }
}

/// Decodes a list in a map. For a wrong shape, AWS shows an error of its own Java code.
pub(super) fn list_in_map(json: &Json) -> Result<&[Json], ValueFault> {
    match json {
        Json::Array(_) | Json::Object(_) => list(json),
        _ => shape(CANNOT_BE_CAST),
    }
}

/// Refuses an element that is no map in a list of maps, with the same error.
pub(super) fn check_map_in_list(json: &Json) -> Result<(), ValueFault> {
    match json {
        Json::Array(_) | Json::Object(_) => Ok(()),
        _ => shape(CANNOT_BE_CAST),
    }
}

fn strings(json: &Json) -> Result<BTreeSet<String>, ValueFault> {
    let in_set = |what: &str| ValueFault::Content(format!("{INVALID}: An string set {what}"));
    let members = members(json, in_set("may not have a null string as a member"))?;
    let members = members.iter().map(|json| string(json).map(str::to_owned));
    set(members, in_set(" may not be empty"), |list| {
        format!("{INVALID}: Input collection [{}] contains duplicates.", list.join(", "))
    })
}

fn numbers(json: &Json) -> Result<BTreeSet<Number>, ValueFault> {
    let if_empty = format!("{INVALID}: An number set  may not be empty");
    let members = members(json, ValueFault::Content(EMPTY.to_owned()))?;
    set(members.iter().map(number), ValueFault::Conversion(if_empty), |_| {
        "Input collection contains duplicates".to_owned()
    })
}

fn byte_strings(json: &Json) -> Result<BTreeSet<Vec<u8>>, ValueFault> {
    let if_empty = format!("{INVALID}: Binary sets should not be empty");
    let members = members(json, ValueFault::Content(EMPTY.to_owned()))?;
    set(members.iter().map(bytes), ValueFault::Content(if_empty), |list| {
        let texts: Vec<_> = list
            .iter()
            .map(|bytes| {
                let mut text = String::new();
                json::write_base64(&mut text, bytes);
                text
            })
            .collect();
        format!("{INVALID}: Input collection [{}]of type BS contains duplicates.", texts.join(", "))
    })
}

/// Decodes the members of a set, and refuses a null among them.
fn members(json: &Json, if_null: ValueFault) -> Result<&[Json], ValueFault> {
    let members = list(json)?;
    if members.iter().any(Json::is_null) { Err(if_null) } else { Ok(members) }
}

fn set<T: Clone + Ord>(
    members: impl Iterator<Item = Result<T, ValueFault>>,
    if_empty: ValueFault,
    if_duplicate: impl FnOnce(&[T]) -> String,
) -> Result<BTreeSet<T>, ValueFault> {
    let list = members.collect::<Result<Vec<_>, _>>()?;
    if list.is_empty() {
        return Err(if_empty);
    }
    let set: BTreeSet<_> = list.iter().cloned().collect();
    if set.len() < list.len() {
        return Err(ValueFault::Conversion(if_duplicate(&list)));
    }
    Ok(set)
}

/// Decodes the members of a structure in another one; `class` is its class on AWS.
pub(super) fn structure<'a>(
    json: &'a Json,
    class: &str,
    in_list: bool,
) -> Result<&'a Map<String, Json>, ValueFault> {
    match json {
        Json::Object(object) => Ok(object),
        Json::Array(_) => shape(format!(
            "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.{class}"
        )),
        _ if in_list => shape("Unexpected value type in payload"),
        _ => shape("Unexpected field type"),
    }
}

/// Decodes the entries of a map; `class` is the class of its values on AWS.
pub(super) fn object_of<'a>(
    json: &'a Json,
    class: &str,
) -> Result<&'a Map<String, Json>, ValueFault> {
    match json {
        Json::Object(object) => Ok(object),
        Json::Array(_) => {
            shape(format!("Unrecognized collection type java.util.Map<java.lang.String, {class}>"))
        }
        _ => shape("Unexpected field type"),
    }
}

/// Decodes the members of a body.
pub(super) fn object(json: &Json) -> Result<&Map<String, Json>, ValueFault> {
    match json {
        Json::Object(object) => Ok(object),
        _ => shape("Unexpected value type in payload"),
    }
}
