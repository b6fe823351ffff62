//! The members of a request body.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::answer::Answer;
use super::capacity::Capacity;
use super::decode::{self, Malformed};
use super::item::Item;
use super::value::Value;

/// More violations than this are not reported.
const VIOLATIONS_MAX: usize = 10;

/// What was read, or what its content lacks, which AWS says only after every violation of a
/// constraint.
#[derive(Debug)]
pub(super) struct Pending<T>(Result<T, String>);

impl<T> Pending<T> {
    /// What was read, or the complaint.
    pub(super) fn content(self) -> Result<T, Answer> {
        self.reworded(str::to_owned)
    }

    /// What was read, or the complaint in the words of its place.
    pub(super) fn reworded(self, reword: impl FnOnce(&str) -> String) -> Result<T, Answer> {
        self.0.map_err(|message| Answer::validation(&reword(&message)))
    }
}

/// Reads members by name, and collects what violates a constraint until [`Members::check`].
///
/// A null is as good as absent, and members that no operation knows are passed over, as on AWS.
#[derive(Debug)]
pub(super) struct Members<'a> {
    object: &'a Map<String, Json>,
    violations: Vec<String>,
}

impl<'a> Members<'a> {
    pub(super) fn new(body: &'a Json) -> Result<Members<'a>, Answer> {
        let object = decode::object(body).map_err(Malformed::answer)?;
        Ok(Members { object, violations: Vec::new() })
    }

    /// Reports every violation at once, as AWS does.
    pub(super) fn check(&mut self) -> Result<(), Answer> {
        let count = self.violations.len();
        if count == 0 {
            return Ok(());
        }
        self.violations.truncate(VIOLATIONS_MAX);
        let plural = if count == 1 { "" } else { "s" };
        Err(Answer::validation(&format!(
            "{} validation error{plural} detected: {}",
            count.min(VIOLATIONS_MAX),
            self.violations.join("; ")
        )))
    }

    /// The name of the table, or an empty one and a violation.
    pub(super) fn table(&mut self) -> Result<String, Answer> {
        self.require("TableName");
        Ok(self.name("TableName")?.unwrap_or_default())
    }

    /// The name of an index.
    pub(super) fn index(&mut self) -> Result<Option<String>, Answer> {
        self.name("IndexName")
    }

    /// The name of a table or an index.
    fn name(&mut self, member: &str) -> Result<Option<String>, Answer> {
        let Some(name) = self.string(member)? else { return Ok(None) };
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
        if name.is_empty() || !name.bytes().all(plain) {
            let pattern = "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+";
            self.violate(member, Some(name), pattern);
        }
        if name.len() < 3 {
            let length = "Member must have length greater than or equal to 3";
            self.violate(member, Some(name), length);
        }
        if name.len() > 255 {
            let length = "Member must have length less than or equal to 255";
            self.violate(member, Some(name), length);
        }
        Ok(Some(name.to_owned()))
    }

    /// Notes a violation if there is no member of this name.
    pub(super) fn require(&mut self, name: &str) {
        if !self.has(name) {
            self.violate(name, None, "Member must not be null");
        }
    }

    /// Whether there is a member of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.object.get(name).is_some_and(|json| !json.is_null())
    }

    /// An item or a key, or an empty one where there is none.
    pub(super) fn pending_item(&self, name: &str) -> Result<Pending<Item>, Answer> {
        let Pending(item) = self.pending_item_if_any(name)?;
        Ok(Pending(item.map(|item| item.unwrap_or_else(|| Item::new(BTreeMap::new())))))
    }

    /// An item or a key.
    pub(super) fn pending_item_if_any(&self, name: &str) -> Result<Pending<Option<Item>>, Answer> {
        let Some(json) = self.object.get(name).filter(|json| !json.is_null()) else {
            return Ok(Pending(Ok(None)));
        };
        match decode::map(json, decode::value) {
            Ok(values) => Ok(Pending(Ok(Some(Item::new(values))))),
            Err(Malformed::Shape(message)) => Err(Malformed::Shape(message).answer()),
            Err(Malformed::Content(message)) => {
                decode::check_shapes(json).map_err(Malformed::answer)?;
                Ok(Pending(Err(message)))
            }
        }
    }

    /// Attribute values by name, as JSON.
    pub(super) fn values(&self, name: &str) -> Result<Option<BTreeMap<String, Json>>, Answer> {
        self.read(name, |json| decode::map(json, |json| Ok(json.clone())))
    }

    /// Strings by name.
    pub(super) fn strings(&self, name: &str) -> Result<Option<BTreeMap<String, String>>, Answer> {
        self.read(name, |json| decode::map(json, |json| decode::string(json).map(str::to_owned)))
    }

    pub(super) fn string(&self, name: &str) -> Result<Option<&'a str>, Answer> {
        self.read(name, decode::string)
    }

    pub(super) fn flag(&self, name: &str) -> Result<bool, Answer> {
        Ok(self.flag_if_any(name)?.unwrap_or_default())
    }

    pub(super) fn flag_if_any(&self, name: &str) -> Result<Option<bool>, Answer> {
        self.read(name, decode::boolean)
    }

    /// A number between two others, both included.
    pub(super) fn integer(
        &mut self,
        name: &str,
        least: i64,
        most: i64,
    ) -> Result<Option<u32>, Answer> {
        let Some(integer) = self.read(name, decode::integer)? else { return Ok(None) };
        if integer < least {
            let bound = format!("Member must have value greater than or equal to {least}");
            self.violate(name, Some(&integer.to_string()), &bound);
        } else if integer > most {
            let bound = format!("Member must have value less than or equal to {most}");
            self.violate(name, Some(&integer.to_string()), &bound);
        }
        Ok(u32::try_from(integer).ok())
    }

    /// One of some words.
    pub(super) fn one_of(&mut self, name: &str, words: &[&str]) -> Result<Option<&'a str>, Answer> {
        let word = self.string(name)?;
        if let Some(word) = word.filter(|word| !words.contains(word)) {
            let set = format!("Member must satisfy enum value set: [{}]", words.join(", "));
            self.violate(name, Some(word), &set);
        }
        Ok(word)
    }

    pub(super) fn capacity(&mut self) -> Result<Capacity, Answer> {
        let word = self.one_of("ReturnConsumedCapacity", &["INDEXES", "TOTAL", "NONE"])?;
        Ok(match word {
            Some("TOTAL") => Capacity::Total,
            Some("INDEXES") => Capacity::Indexes,
            _ => Capacity::None,
        })
    }

    /// Refuses members that AWS knows and this model does not, rather than pass over them.
    pub(super) fn refuse(&self, operation: &str, names: &[&str]) -> Result<(), Answer> {
        let present = |name: &&&str| self.object.get(**name).is_some_and(|json| !json.is_null());
        match names.iter().find(present) {
            Some(name) => Err(Answer::unsupported(&format!("{name} of {operation}"))),
            None => Ok(()),
        }
    }

    fn read<T>(
        &self,
        name: &str,
        read: impl FnOnce(&'a Json) -> Result<T, Malformed>,
    ) -> Result<Option<T>, Answer> {
        let json = self.object.get(name).filter(|json| !json.is_null());
        json.map(read).transpose().map_err(Malformed::answer)
    }

    fn violate(&mut self, name: &str, value: Option<&str>, constraint: &str) {
        let value = value.map_or_else(|| "null".to_owned(), |value| format!("'{value}'"));
        let mut place = name.to_owned();
        if let Some(first) = place.get_mut(..1) {
            first.make_ascii_lowercase();
        }
        self.violations
            .push(format!("Value {value} at '{place}' failed to satisfy constraint: {constraint}"));
    }
}

/// A value that stands for a placeholder of an expression.
pub(super) fn placeholder_value(name: &str, json: &Json) -> Result<Value, Answer> {
    let reword = |message: &str| {
        format!("ExpressionAttributeValues contains invalid value: {message} for key {name}")
    };
    decode::value(json).map_err(|malformed| malformed.reword(reword).answer())
}
