//! From JSON to attribute values, and what AWS says when that fails.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};

use crate::answer::Answer;
use crate::json;
use crate::number::Number;
use crate::value::Value;

/// How many levels a value may have, that of the attribute included.
const DEPTH_MAX: usize = 32;

/// What AWS calls the values of a map.
pub(super) const ATTRIBUTE_VALUE: &str = "com.amazonaws.dynamodb.v20120810.AttributeValue";

/// The same for strings.
pub(super) const STRING: &str = "java.lang.String";

const CANNOT_BE_CAST: &str = "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl \
    cannot be cast to class java.lang.Class (sun.reflect.generics.reflectiveObjects.\
    ParameterizedTypeImpl and java.lang.Class are in module java.base of loader 'bootstrap')";

const EMPTY: &str =
    "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes";

const INVALID: &str = "One or more parameter values were invalid";

/// What is wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ValueFault {
    /// The JSON does not have the shape of a value.
    Shape(String),
    /// The value means nothing to DynamoDB.
    Content(String),
    /// The text of the value is no number, or its list no set.
    ///
    /// AWS finds this earlier than the rest, where it does not know yet what the value is for.
    Conversion(String),
}

impl ValueFault {
    /// The answer to a request in which such a value stands.
    pub(super) fn answer(self) -> Answer {
        match self {
            ValueFault::Shape(message) => Answer::serialization(Some(&message)),
            ValueFault::Content(message) | ValueFault::Conversion(message) => {
                Answer::validation(&message)
            }
        }
    }

    /// The same with its content's message in other words; the shape is not worded by where it is.
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

/// A value with its type around it, like `{"S":"text"}`.
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

/// Looks for a value of the wrong shape among named values, whatever their content lacks: what
/// AWS cannot read at all it says first.
pub(super) fn check_shapes(json: &Json) -> Result<(), ValueFault> {
    map(json, ATTRIBUTE_VALUE, |json| check_shape(value(json)))?;
    Ok(())
}

/// Passes over what the content of a value lacks.
pub(super) fn check_shape<T>(read: Result<T, ValueFault>) -> Result<(), ValueFault> {
    match read {
        Err(ValueFault::Shape(message)) => Err(ValueFault::Shape(message)),
        Ok(_) | Err(ValueFault::Content(_) | ValueFault::Conversion(_)) => Ok(()),
    }
}

/// The value of a type; names that are no type are passed over, as are nulls.
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

/// Named values of a class, as AWS calls it; `json` is not null.
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

/// A truth value, which AWS also reads from some words.
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

/// A whole number; what is behind the point is cut off.
pub(super) fn integer(json: &Json) -> Result<i64, ValueFault> {
    whole(json, "Integer")
}

/// The same for members that AWS declares to be wider.
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

/// A list that is a value of a map, of whose shape AWS complains in words that it did not mean for
/// anyone to see.
pub(super) fn list_in_map(json: &Json) -> Result<&[Json], ValueFault> {
    match json {
        Json::Array(_) | Json::Object(_) => list(json),
        _ => shape(CANNOT_BE_CAST),
    }
}

/// Refuses what is no map in a list of maps, in the same words.
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

/// The members of a set, none of which is null.
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

/// The members of a structure that stands in another; `class` is what AWS calls it.
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

/// The members of a map to a class, as AWS calls it.
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

/// The members of a body, which must be an object.
pub(super) fn object(json: &Json) -> Result<&Map<String, Json>, ValueFault> {
    match json {
        Json::Object(object) => Ok(object),
        _ => shape("Unexpected value type in payload"),
    }
}
