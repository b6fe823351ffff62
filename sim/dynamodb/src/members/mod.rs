//! The members of a request body, read by name and checked in the order of AWS.
//!
//! `names` reads members that are names, and other texts with a rule.

mod names;

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use crate::answer::Answer;
use crate::capacity::CapacityReport;
use crate::decode::{self, ValueFault};
use crate::item::Item;
use crate::json;
use crate::value::Value;

/// The number of violations that AWS reports at most.
const VIOLATIONS_MAX: usize = 10;

const NOT_NULL: &str = "Member must not be null";

/// Content that was read, or its fault, which AWS reports after all violations of constraints.
#[derive(Debug)]
pub(crate) struct PendingContent<T>(Result<T, ValueFault>);

impl<T> PendingContent<T> {
    /// The content, or the answer to its fault.
    pub(crate) fn content(self) -> Result<T, Answer> {
        self.0.map_err(ValueFault::answer)
    }

    /// The content, or the answer to its fault, in other words if AWS knows the place by then.
    pub(crate) fn reworded(self, reword: impl FnOnce(&str) -> String) -> Result<T, Answer> {
        self.0.map_err(|malformed| match malformed {
            ValueFault::Conversion(_) => malformed.answer(),
            other => other.reword(reword).answer(),
        })
    }
}

/// The members of a body or of a structure, with the violations of constraints so far.
///
/// Violations are collected until [`Members::check`]. A null counts as absent, and unknown members
/// are ignored, as on AWS.
#[derive(Debug)]
pub(crate) struct Members<'a> {
    object: &'a Map<String, Json>,
    /// The path of the structure with a full stop behind it; empty for the body.
    place: String,
    violations: Vec<String>,
}

/// The least and the largest length of a list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ListBounds {
    pub(crate) least: usize,
    pub(crate) most: usize,
}

impl<'a> Members<'a> {
    /// Starts to read a body.
    pub(crate) fn new(body: &'a Json) -> Result<Members<'a>, Answer> {
        let object = decode::object(body).map_err(ValueFault::answer)?;
        Ok(Members { object, place: String::new(), violations: Vec::new() })
    }

    /// Refuses the request if there are violations, and names all of them, as AWS does.
    pub(crate) fn check(&mut self) -> Result<(), Answer> {
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

    /// Notes a violation if there is no member of this name.
    pub(crate) fn require(&mut self, name: &str) {
        if !self.has(name) {
            self.missing(name);
        }
    }

    /// True if there is a member of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.member(name).is_some()
    }

    /// Reads an item or a key; an empty one if the member is missing.
    pub(crate) fn pending_item(&self, name: &str) -> Result<PendingContent<Item>, Answer> {
        let PendingContent(item) = self.pending_item_if_any(name)?;
        Ok(PendingContent(item.map(|item| item.unwrap_or_else(|| Item::new(BTreeMap::new())))))
    }

    /// Reads an item or a key.
    pub(crate) fn pending_item_if_any(
        &self,
        name: &str,
    ) -> Result<PendingContent<Option<Item>>, Answer> {
        let Some(json) = self.member(name) else { return Ok(PendingContent(Ok(None))) };
        let PendingContent(item) = pending(json)?;
        Ok(PendingContent(item.map(Some)))
    }

    /// Reads attribute values by name, still as JSON.
    pub(crate) fn values(&self, name: &str) -> Result<Option<BTreeMap<String, Json>>, Answer> {
        self.read(name, |json| decode::map(json, decode::ATTRIBUTE_VALUE, |json| Ok(json.clone())))
    }

    /// Reads strings by name.
    pub(crate) fn strings(&self, name: &str) -> Result<Option<BTreeMap<String, String>>, Answer> {
        self.read(name, |json| {
            decode::map(json, decode::STRING, |json| decode::string(json).map(str::to_owned))
        })
    }

    /// Refuses attribute values by name if one of them has the wrong shape.
    pub(crate) fn check_shapes(&self, name: &str) -> Result<(), Answer> {
        self.read(name, decode::check_shapes).map(|_| ())
    }

    /// Reads a string.
    pub(crate) fn string(&self, name: &str) -> Result<Option<&'a str>, Answer> {
        self.read(name, decode::string)
    }

    /// Reads a flag, which is false if it is missing.
    pub(crate) fn flag(&self, name: &str) -> Result<bool, Answer> {
        Ok(self.switch(name)?.unwrap_or_default())
    }

    /// Reads a whole number.
    pub(crate) fn number(&self, name: &str) -> Result<Option<i64>, Answer> {
        self.read(name, decode::integer)
    }

    /// Reads a number between two others, both included.
    pub(crate) fn integer(
        &mut self,
        name: &str,
        least: i64,
        most: i64,
    ) -> Result<Option<u32>, Answer> {
        let Some(integer) = self.number(name)? else { return Ok(None) };
        if integer < least {
            let bound = format!("Member must have value greater than or equal to {least}");
            self.violate(name, Some(&integer.to_string()), &bound);
        } else if integer > most {
            let bound = format!("Member must have value less than or equal to {most}");
            self.violate(name, Some(&integer.to_string()), &bound);
        }
        Ok(u32::try_from(integer).ok())
    }

    /// Reads one of some words.
    pub(crate) fn one_of(&mut self, name: &str, words: &[&str]) -> Result<Option<&'a str>, Answer> {
        let word = self.string(name)?;
        if let Some(word) = word.filter(|word| !words.contains(word)) {
            let set = format!("Member must satisfy enum value set: [{}]", words.join(", "));
            self.violate(name, Some(word), &set);
        }
        Ok(word)
    }

    /// Reads `ReturnConsumedCapacity`.
    pub(crate) fn capacity(&mut self) -> Result<CapacityReport, Answer> {
        let word = self.one_of("ReturnConsumedCapacity", &["INDEXES", "TOTAL", "NONE"])?;
        Ok(match word {
            Some("TOTAL") => CapacityReport::Total,
            Some("INDEXES") => CapacityReport::Indexes,
            _ => CapacityReport::None,
        })
    }

    /// Refuses members that AWS has and the model lacks, rather than ignore them.
    pub(crate) fn refuse(&self, operation: &str, names: &[&str]) -> Result<(), Answer> {
        match names.iter().find(|name| self.has(name)) {
            Some(name) => Err(Answer::unsupported(&format!("{name} of {operation}"))),
            None => Ok(()),
        }
    }

    /// Reads a structure in this one; `class` is its class on AWS.
    pub(crate) fn structure<T>(
        &mut self,
        name: &str,
        class: &str,
        read: impl FnOnce(&mut Members<'a>) -> Result<T, Answer>,
    ) -> Result<Option<T>, Answer> {
        let Some(object) = self.read(name, |json| decode::structure(json, class, false))? else {
            return Ok(None);
        };
        let place = format!("{}.", self.place_of(name));
        self.within(object, place, read).map(Some)
    }

    /// Reads a list of structures; `class` is their class on AWS.
    ///
    /// `show` writes a structure as in the errors of AWS.
    pub(crate) fn structures<T>(
        &mut self,
        name: &str,
        class: &str,
        bounds: ListBounds,
        show: impl Fn(&T) -> String,
        mut read: impl FnMut(&mut Members<'a>) -> Result<T, Answer>,
    ) -> Result<Option<Vec<T>>, Answer> {
        let Some(elements) = self.read(name, decode::list)? else { return Ok(None) };
        // AWS reports violations of the list before those of its elements.
        let before = std::mem::take(&mut self.violations);
        let mut list = Vec::with_capacity(elements.len());
        for (index, json) in elements.iter().enumerate() {
            let member = format!("{name}.{}.member", index + 1);
            if json.is_null() {
                self.violate(&member, None, NOT_NULL);
                continue;
            }
            let object = decode::structure(json, class, true).map_err(ValueFault::answer)?;
            let place = format!("{}.", self.place_of(&member));
            list.push(self.within(object, place, &mut read)?);
        }
        let inside = std::mem::replace(&mut self.violations, before);
        self.bound_list(name, elements.len(), bounds, || list.iter().map(&show).collect());
        self.violations.extend(inside);
        Ok(Some(list))
    }

    /// Reads a list of strings.
    pub(crate) fn list_of_strings(
        &mut self,
        name: &str,
        bounds: ListBounds,
    ) -> Result<Option<Vec<&'a str>>, Answer> {
        let read = |json: &'a Json| decode::list(json)?.iter().map(decode::string).collect();
        let Some(list): Option<Vec<&str>> = self.read(name, read)? else { return Ok(None) };
        self.bound_list(name, list.len(), bounds, || {
            list.iter().map(|&text| text.to_owned()).collect()
        });
        Ok(Some(list))
    }

    /// Reads a flag without a default.
    pub(crate) fn switch(&self, name: &str) -> Result<Option<bool>, Answer> {
        self.read(name, decode::boolean)
    }

    /// Reads a `Long` that is at least `least`.
    ///
    /// Notes a violation and returns `least` if it is not.
    pub(crate) fn long(&mut self, name: &str, least: u64) -> Result<Option<u64>, Answer> {
        let Some(number) = self.read(name, decode::long)? else { return Ok(None) };
        let unsigned = u64::try_from(number).ok().filter(|unsigned| *unsigned >= least);
        if unsigned.is_none() {
            let bound = format!("Member must have value greater than or equal to {least}");
            self.violate(name, Some(&number.to_string()), &bound);
        }
        Ok(Some(unsigned.unwrap_or(least)))
    }

    /// Reads a map of structures; `class` is their class on AWS.
    pub(crate) fn structures_by_name<T>(
        &mut self,
        name: &str,
        class: &str,
        mut read: impl FnMut(&str, &mut Members<'a>) -> Result<T, Answer>,
    ) -> Result<Option<BTreeMap<String, T>>, Answer> {
        let full_class = format!("com.amazonaws.dynamodb.v20120810.{class}");
        let Some(entries) = self.entries(name, &full_class)? else { return Ok(None) };
        let mut structures = BTreeMap::new();
        for (key, json) in entries {
            let object = decode::structure(json, class, true).map_err(ValueFault::answer)?;
            let place = format!("{}.{key}.member.", self.place_of(name));
            let structure = self.within(object, place, |members| read(key, members))?;
            structures.insert(key.clone(), structure);
        }
        Ok(Some(structures))
    }

    /// Reads a map of lists of structures; `class` is the class of a structure on AWS.
    pub(crate) fn lists_by_name<T>(
        &mut self,
        name: &str,
        class: &str,
        mut read: impl FnMut(&mut Members<'a>) -> Result<T, Answer>,
    ) -> Result<Option<BTreeMap<String, Vec<T>>>, Answer> {
        let class_of_lists = format!("java.util.List<com.amazonaws.dynamodb.v20120810.{class}>");
        let Some(entries) = self.entries(name, &class_of_lists)? else { return Ok(None) };
        let mut lists = BTreeMap::new();
        for (key, json) in entries {
            let mut list = Vec::new();
            let elements = decode::list_in_map(json).map_err(ValueFault::answer)?;
            for (index, json) in elements.iter().enumerate() {
                let object = decode::structure(json, class, true).map_err(ValueFault::answer)?;
                let place = format!("{}.{key}.member.{}.member.", self.place_of(name), index + 1);
                list.push(self.within(object, place, &mut read)?);
            }
            lists.insert(key.clone(), list);
        }
        Ok(Some(lists))
    }

    /// Reads a list of items or keys.
    pub(crate) fn pending_items(
        &self,
        name: &str,
    ) -> Result<Option<Vec<PendingContent<Item>>>, Answer> {
        let Some(list) = self.read(name, decode::list)? else { return Ok(None) };
        for json in list {
            decode::check_map_in_list(json).map_err(ValueFault::answer)?;
        }
        list.iter().map(pending).collect::<Result<Vec<_>, _>>().map(Some)
    }

    /// The same members without violations, for checks that follow [`Members::check`].
    pub(crate) fn again(&self) -> Members<'a> {
        Members { object: self.object, place: self.place.clone(), violations: Vec::new() }
    }

    /// All members but one, as JSON.
    pub(crate) fn without(&self, name: &str) -> BTreeMap<String, Json> {
        let others = self.object.iter().filter(|(key, json)| *key != name && !json.is_null());
        others.map(|(key, json)| (key.clone(), json.clone())).collect()
    }

    /// The JSON of a member with the keys of every object sorted.
    pub(crate) fn canonical(&self, name: &str) -> String {
        let mut out = String::new();
        json::write_sorted(&mut out, self.member(name).unwrap_or(&Json::Null));
        out
    }

    /// The members as in the errors of AWS.
    pub(crate) fn show(&self) -> String {
        let mut out = String::new();
        json::write_plain(&mut out, self.object);
        out
    }

    /// A member that is no null.
    ///
    /// Requests have few members: a look through all takes less time than the hash of a name.
    fn member(&self, name: &str) -> Option<&'a Json> {
        let (_, json) = self.object.iter().find(|(known, _)| *known == name)?;
        Some(json).filter(|json| !json.is_null())
    }

    fn entries(
        &self,
        name: &str,
        class: &str,
    ) -> Result<Option<Vec<(&'a String, &'a Json)>>, Answer> {
        self.read(name, |json| decode::object_of(json, class).map(json::sorted))
    }

    fn within<T>(
        &mut self,
        object: &'a Map<String, Json>,
        place: String,
        read: impl FnOnce(&mut Members<'a>) -> Result<T, Answer>,
    ) -> Result<T, Answer> {
        let violations = std::mem::take(&mut self.violations);
        let mut inner = Members { object, place, violations };
        let value = read(&mut inner);
        self.violations = inner.violations;
        value
    }

    fn bound_list(
        &mut self,
        name: &str,
        length: usize,
        bounds: ListBounds,
        elements: impl FnOnce() -> Vec<String>,
    ) {
        let constraint = if length < bounds.least {
            format!("Member must have length greater than or equal to {}", bounds.least)
        } else if length > bounds.most {
            format!("Member must have length less than or equal to {}", bounds.most)
        } else {
            return;
        };
        let value = format!("[{}]", elements().join(", "));
        self.violate(name, Some(&value), &constraint);
    }

    /// Reads a member with `read`.
    pub(crate) fn read<T>(
        &self,
        name: &str,
        read: impl FnOnce(&'a Json) -> Result<T, ValueFault>,
    ) -> Result<Option<T>, Answer> {
        self.member(name).map(read).transpose().map_err(ValueFault::answer)
    }

    /// Notes the violation that a required member is missing.
    pub(crate) fn missing(&mut self, name: &str) {
        self.violate(name, None, NOT_NULL);
    }

    /// Notes that a member violates a constraint. No value means a null.
    pub(crate) fn violate(&mut self, name: &str, value: Option<&str>, constraint: &str) {
        let value = value.map_or_else(|| "null".to_owned(), |value| format!("'{value}'"));
        let place = self.place_of(name);
        self.violations
            .push(format!("Value {value} at '{place}' failed to satisfy constraint: {constraint}"));
    }

    /// Notes a violation in the other form of AWS: with the place as it is, and without the value.
    pub(crate) fn violate_at(&mut self, place: &str, constraint: &str) {
        self.violations
            .push(format!("Value at '{place}' failed to satisfy constraint: {constraint}"));
    }

    /// The path of a member, whose name begins with a small letter there.
    fn place_of(&self, name: &str) -> String {
        let mut name = name.to_owned();
        if let Some(first) = name.get_mut(..1) {
            first.make_ascii_lowercase();
        }
        format!("{}{name}", self.place)
    }
}

/// Reads an item or a key. A wrong shape anywhere in it is reported at once.
fn pending(json: &Json) -> Result<PendingContent<Item>, Answer> {
    match decode::map(json, decode::ATTRIBUTE_VALUE, decode::value) {
        Ok(values) => Ok(PendingContent(Ok(Item::new(values)))),
        Err(malformed) => {
            decode::check_shapes(json).map_err(ValueFault::answer)?;
            Ok(PendingContent(Err(malformed)))
        }
    }
}

/// Reads the value of a placeholder of an expression.
pub(crate) fn placeholder_value(name: &str, json: &Json) -> Result<Value, Answer> {
    let reword = |message: &str| {
        format!("ExpressionAttributeValues contains invalid value: {message} for key {name}")
    };
    decode::value(json).map_err(|malformed| malformed.reword(reword).answer())
}
