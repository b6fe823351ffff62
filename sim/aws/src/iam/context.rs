//! The context of a request: condition keys and their values.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::Role;
use super::arn;
use crate::ACCOUNT;

/// The keys that a request can have here, in lower case. A role gives the first four of them.
const KNOWN_KEYS: [&str; 10] = [
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principaltype",
    "aws:resourceaccount",
    "aws:requestedregion",
    "aws:sourceaccount",
    "aws:sourcearn",
    "dynamodb:attributes",
    "dynamodb:leadingkeys",
    "iam:passedtoservice",
];

/// The keys that have several values in one request, in lower case (FACTS 17.14).
const MULTIVALUED_KEYS: [&str; 2] = ["dynamodb:attributes", "dynamodb:leadingkeys"];

/// The condition keys of a request, in lower case, with their values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Context(BTreeMap<String, Vec<String>>);

impl Context {
    /// Adds values to a key. The case of a key does not matter.
    pub(super) fn add(&mut self, key: &str, values: impl IntoIterator<Item = String>) {
        self.0.entry(key.to_ascii_lowercase()).or_default().extend(values);
    }

    /// Adds the keys of another context. A value that a key has already is not added twice.
    pub(super) fn merge(&mut self, other: Context) {
        for (key, values) in other.0 {
            let own = self.0.entry(key).or_default();
            let new: Vec<String> =
                values.into_iter().filter(|value| !own.contains(value)).collect();
            own.extend(new);
        }
    }
}

/// The keys of a request and of the role that makes it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Keys<'a> {
    pub(super) role: &'a Role,
    pub(super) context: &'a Context,
}

impl<'a> Keys<'a> {
    /// Returns the values of a key, which is in lower case. `None` if the request lacks the key or
    /// has no value for it.
    pub(super) fn values(&self, key: &str) -> Option<Cow<'a, [String]>> {
        if let Some(values) = self.context.0.get(key) {
            return (!values.is_empty()).then_some(Cow::Borrowed(&values[..]));
        }
        let value = match key {
            "aws:principalaccount" | "aws:resourceaccount" => ACCOUNT.to_owned(),
            "aws:principalarn" => arn::role(&self.role.name),
            "aws:principaltype" => "AssumedRole".to_owned(),
            _ => return None,
        };
        Some(Cow::Owned(vec![value]))
    }
}

/// Reports whether a request can have a key, which is in lower case.
pub(super) fn is_known(key: &str) -> bool {
    KNOWN_KEYS.contains(&key)
}

/// Reports whether a key, which is in lower case, can have several values in one request.
pub(super) fn is_multivalued(key: &str) -> bool {
    MULTIVALUED_KEYS.contains(&key)
}
