//! The `#names` and `:values` that stand for something in expressions.

use std::collections::{BTreeMap, BTreeSet};

use super::super::answer::Answer;
use super::super::members::{self, Members};
use super::super::value::Value;

const NAMES: &str = "ExpressionAttributeNames";
const VALUES: &str = "ExpressionAttributeValues";

/// What the placeholders of one request stand for, and which of them have been used.
#[derive(Debug, Default)]
pub(in super::super) struct Placeholders {
    names: BTreeMap<String, String>,
    values: BTreeMap<String, Value>,
    used: BTreeSet<String>,
}

impl Placeholders {
    /// Reads the placeholders of a request whose expressions are these members.
    pub(in super::super) fn read(
        members: &Members<'_>,
        expressions: &[&str],
    ) -> Result<Placeholders, Answer> {
        let mut present = Vec::new();
        for name in expressions {
            if members.string(name)?.is_some() {
                present.push(*name);
            }
        }
        let names = members.strings(NAMES)?;
        let values = members.values(VALUES)?;
        if names.is_some() && present.is_empty() {
            let message = format!("{NAMES} can only be specified when using expressions");
            return Err(Answer::validation(&message));
        }
        // Values stand in conditions and filters only.
        let with_values = |name: &&&str| **name != "ProjectionExpression";
        if values.is_some() && present.iter().find(with_values).is_none() {
            let absent: Vec<_> = expressions.iter().filter(with_values).copied().collect();
            return Err(Answer::validation(&format!(
                "{VALUES} can only be specified when using expressions: {} is null",
                absent.join(" and ")
            )));
        }
        let mut placeholders = Placeholders::default();
        if let Some(names) = names {
            check_keys(NAMES, '#', names.keys())?;
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

    /// What a name stands for.
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

    /// What a value stands for.
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
    pub(in super::super) fn check_all_used(&self) -> Result<(), Answer> {
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

fn check_keys<'a>(
    member: &str,
    sigil: char,
    mut keys: impl ExactSizeIterator<Item = &'a String>,
) -> Result<(), Answer> {
    if keys.len() == 0 {
        return Err(Answer::validation(&format!("{member} must not be empty")));
    }
    let is_sound = |key: &str| {
        key.strip_prefix(sigil).is_some_and(|name| {
            !name.is_empty()
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        })
    };
    match keys.find(|key| !is_sound(key)) {
        Some(key) => Err(Answer::validation(&format!(
            "{member} contains invalid key: Syntax error; key: \"{key}\""
        ))),
        None => Ok(()),
    }
}
