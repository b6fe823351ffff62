//! The placeholders of expressions: `#names` and `:values`.

use std::collections::{BTreeMap, BTreeSet};

use crate::answer::Answer;
use crate::members::{self, Members};
use crate::value::Value;

const NAMES: &str = "ExpressionAttributeNames";
const VALUES: &str = "ExpressionAttributeValues";
const PROJECTION: &str = "ProjectionExpression";

/// The longest placeholder, by the quotas of the developer guide.
const KEY_BYTES_MAX: usize = 255;

/// The placeholders of one request with their meanings, and those used so far.
#[derive(Debug, Default)]
pub(crate) struct Placeholders {
    names: BTreeMap<String, String>,
    values: BTreeMap<String, Value>,
    used: BTreeSet<String>,
}

impl Placeholders {
    /// Refuses placeholders in a request without any of these expressions.
    ///
    /// `expressions` are the members of the operation, in the order of AWS. AWS checks this before
    /// any value of the request.
    pub(crate) fn check_wanted(members: &Members<'_>, expressions: &[&str]) -> Result<(), Answer> {
        let is_null = |name: &&str| !members.has(name);
        if members.has(NAMES) && expressions.iter().all(is_null) {
            let message = format!("{NAMES} can only be specified when using expressions");
            return Err(Answer::validation(&message));
        }
        // Only conditions and updates contain values.
        let with_values: Vec<_> =
            expressions.iter().filter(|name| **name != PROJECTION).copied().collect();
        let verb = match with_values.len() {
            0 => return Ok(()),
            1 => "is",
            _ => "are",
        };
        if members.has(VALUES) && with_values.iter().all(is_null) {
            return Err(Answer::validation(&format!(
                "{VALUES} can only be specified when using expressions: {} {verb} null",
                with_values.join(" and ")
            )));
        }
        Ok(())
    }

    /// Refuses placeholders of the wrong shape, and ignores their other faults.
    ///
    /// `expressions` are the members of the operation.
    pub(crate) fn check_shapes(members: &Members<'_>, expressions: &[&str]) -> Result<(), Answer> {
        members.strings(NAMES)?;
        if takes_values(expressions) { members.check_shapes(VALUES) } else { Ok(()) }
    }

    /// Reads the placeholders of a request; `expressions` are the members of its operation.
    pub(crate) fn read(
        members: &Members<'_>,
        expressions: &[&str],
    ) -> Result<Placeholders, Answer> {
        Placeholders::check_wanted(members, expressions)?;
        let names = members.strings(NAMES)?;
        let values = if takes_values(expressions) { members.values(VALUES)? } else { None };
        let mut placeholders = Placeholders::default();
        if let Some(names) = names {
            check_keys(NAMES, '#', names.keys())?;
            check_names(&names)?;
            placeholders.names = names;
        }
        if let Some(values) = values {
            check_keys(VALUES, ':', values.keys())?;
            for (name, json) in values {
                let value = members::placeholder_value(&name, &json)?;
                placeholders.values.insert(name, value);
            }
        }
        Ok(placeholders)
    }

    /// Reads the placeholders of an action of a transaction.
    ///
    /// Ignores placeholders of an action without an expression, as AWS does.
    pub(crate) fn read_in_transaction(
        members: &Members<'_>,
        expressions: &[&str],
    ) -> Result<Placeholders, Answer> {
        if !expressions.iter().any(|name| members.has(name)) {
            return Ok(Placeholders::default());
        }
        Placeholders::read(members, expressions)
    }

    /// Looks up a name.
    pub(super) fn name(&mut self, placeholder: &str) -> Result<String, String> {
        let name = self.names.get(placeholder).cloned().ok_or_else(|| {
            format!(
                "An expression attribute name used in the document path is not defined; attribute \
                 name: {placeholder}"
            )
        })?;
        self.used.insert(placeholder.to_owned());
        Ok(name)
    }

    /// Looks up a value.
    pub(super) fn value(&mut self, placeholder: &str) -> Result<Value, String> {
        let value = self.values.get(placeholder).cloned().ok_or_else(|| {
            format!(
                "An expression attribute value used in expression is not defined; attribute \
                 value: {placeholder}"
            )
        })?;
        self.used.insert(placeholder.to_owned());
        Ok(value)
    }

    /// Refuses a request with placeholders that no expression has used.
    pub(crate) fn check_all_used(&self) -> Result<(), Answer> {
        self.check_used(NAMES, self.names.keys())?;
        self.check_used(VALUES, self.values.keys())
    }

    fn check_used<'a>(
        &self,
        member: &str,
        keys: impl Iterator<Item = &'a String>,
    ) -> Result<(), Answer> {
        let unused: Vec<_> =
            keys.filter(|key| !self.used.contains(*key)).map(String::as_str).collect();
        if unused.is_empty() {
            return Ok(());
        }
        Err(Answer::validation(&format!(
            "Value provided in {member} unused in expressions: keys: {{{}}}",
            unused.join(", ")
        )))
    }
}

/// True if one of the expressions can contain values: a condition or an update.
fn takes_values(expressions: &[&str]) -> bool {
    expressions.iter().any(|name| *name != PROJECTION)
}

fn check_names(names: &BTreeMap<String, String>) -> Result<(), Answer> {
    match names.iter().find(|(_, name)| name.is_empty()) {
        Some((key, _)) => Err(Answer::validation(&format!(
            "{NAMES} contains invalid value: Empty attribute name for key {key}"
        ))),
        None => Ok(()),
    }
}

fn check_keys<'a>(
    member: &str,
    sigil: char,
    mut keys: impl ExactSizeIterator<Item = &'a String> + Clone,
) -> Result<(), Answer> {
    if keys.len() == 0 {
        return Err(Answer::validation(&format!("{member} must not be empty")));
    }
    let complain =
        |what: String| Err(Answer::validation(&format!("{member} contains invalid key: {what}")));
    if let Some(key) = keys.clone().find(|key| key.len() > KEY_BYTES_MAX) {
        // AWS names the size of a name, but not that of a value.
        let size = match member {
            NAMES => format!(" size of key: {}", key.len()),
            _ => String::new(),
        };
        return complain(format!(
            "The expression attribute map contains a key that is too long;{size}"
        ));
    }
    let is_sound = |key: &str| {
        key.strip_prefix(sigil).is_some_and(|name| {
            !name.is_empty()
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        })
    };
    match keys.find(|key| !is_sound(key)) {
        Some(key) => complain(format!("Syntax error; key: \"{key}\"")),
        None => Ok(()),
    }
}
