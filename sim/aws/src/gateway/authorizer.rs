//! Answers of REQUEST authorizers (FACTS 1.2, 1.22).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use stormglass_spec::quotas::AUTHORIZER_RESULT_BYTES_MAX;

use super::reading::mistake_in;

/// The decision about a handshake.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Decision {
    /// The handshake goes on, with this statement about its client.
    Allow(Grant),
    /// The policy does not allow the connection.
    Deny,
    /// The gateway cannot read the answer.
    Malformed,
}

/// An authorizer's statement about a client, in the order of the fields in events. Numbers stay
/// numbers: that AWS turns them into text is unpublished.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Grant {
    #[serde(flatten)]
    context: BTreeMap<String, Value>,
    principal_id: String,
    /// The time that the authorizer took, in ms.
    integration_latency: u64,
}

impl Decision {
    /// Parses an answer that took `latency_ms`, and decides whether it allows `method_arn`.
    pub(super) fn parse(json: &str, method_arn: &str, latency_ms: u64) -> Decision {
        if json.len() > AUTHORIZER_RESULT_BYTES_MAX {
            return Decision::Malformed;
        }
        let Ok(answer) = serde_json::from_str::<Answer>(json) else { return Decision::Malformed };
        let mut context = answer.context.unwrap_or_default();
        if !context.values().all(is_scalar) {
            return Decision::Malformed;
        }
        if !answer.policy_document.allows(method_arn) {
            return Decision::Deny;
        }
        // These two names are fields of the event already.
        context.retain(|name, _| name != "principalId" && name != "integrationLatency");
        Decision::Allow(Grant {
            context,
            principal_id: answer.principal_id,
            integration_latency: latency_ms,
        })
    }

    /// Returns the mistake in an answer that is malformed.
    pub(super) fn mistake(json: &str) -> String {
        if json.len() > AUTHORIZER_RESULT_BYTES_MAX {
            return format!(
                "it has {} bytes, and an authorizer may answer with {AUTHORIZER_RESULT_BYTES_MAX}",
                json.len()
            );
        }
        if let Some(mistake) = mistake_in::<Answer>(json) {
            return mistake;
        }
        let answer = serde_json::from_str::<Answer>(json).ok();
        let context = answer.and_then(|answer| answer.context).unwrap_or_default();
        let wrong = context.into_iter().filter(|(_, value)| !is_scalar(value));
        let wrong: Vec<String> = wrong.map(|(name, _)| format!("`context.{name}`")).collect();
        format!("{} is no string, number or boolean", wrong.join(", "))
    }
}

fn is_scalar(value: &Value) -> bool {
    value.is_string() || value.is_number() || value.is_boolean()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    principal_id: String,
    policy_document: Policy,
    context: Option<BTreeMap<String, Value>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Policy {
    statement: OneOrMany<Statement>,
}

/// Statements with conditions or negations are not modelled: such an answer is malformed here.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Statement {
    #[serde(rename = "Sid")]
    _sid: Option<String>,
    effect: Permission,
    action: OneOrMany<String>,
    resource: OneOrMany<String>,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
enum Permission {
    Allow,
    Deny,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

impl<T> OneOrMany<T> {
    fn as_slice(&self) -> &[T] {
        match self {
            OneOrMany::One(item) => std::slice::from_ref(item),
            OneOrMany::Many(items) => items,
        }
    }
}

impl Policy {
    /// Reports whether a statement allows the method, and none denies it.
    fn allows(&self, method_arn: &str) -> bool {
        let statements = self.statement.as_slice().iter();
        let effects: Vec<Permission> = statements
            .filter(|statement| statement.is_about(method_arn))
            .map(|statement| statement.effect)
            .collect();
        effects.contains(&Permission::Allow) && !effects.contains(&Permission::Deny)
    }
}

impl Statement {
    fn is_about(&self, method_arn: &str) -> bool {
        let actions = self.action.as_slice().iter();
        let mut actions = actions.map(|action| action.to_ascii_lowercase());
        let mut resources = self.resource.as_slice().iter();
        actions.any(|action| matches(action.as_bytes(), b"execute-api:invoke"))
            && resources.any(|resource| matches(resource.as_bytes(), method_arn.as_bytes()))
    }
}

/// Reports whether a pattern with `*` (any characters) and `?` (any one) fits the whole text.
fn matches(pattern: &[u8], text: &[u8]) -> bool {
    let (mut wanted, mut found) = (pattern, text);
    // The pattern after the last `*`, and the rest of the text at which it was tried last. If it
    // does not fit there, the `*` takes one more byte.
    let mut retry: Option<(&[u8], &[u8])> = None;
    while let Some((byte, rest)) = found.split_first() {
        match (wanted.split_first(), retry) {
            (Some((b'*', after)), _) => {
                wanted = after;
                retry = Some((after, found));
            }
            (Some((one, after)), _) if *one == b'?' || one == byte => {
                (wanted, found) = (after, rest);
            }
            (_, Some((after, from))) => {
                (wanted, found) = (after, &from[1..]);
                retry = Some((after, found));
            }
            (_, None) => return false,
        }
    }
    wanted.iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_as_those_of_policies_do() {
        for (pattern, text, fits) in [
            ("arn:a/prod/$connect", "arn:a/prod/$connect", true),
            ("arn:a/*/$connect", "arn:a/prod/$connect", true),
            ("arn:a/*", "arn:a/prod/$connect", true),
            ("*", "", true),
            ("arn:a/pro?/*", "arn:a/prod/$connect", true),
            ("arn:a/prod/?", "arn:a/prod/", false),
            ("arn:a/*/test", "arn:a/prod/$connect", false),
            ("arn:a/prod", "arn:a/prod/$connect", false),
            ("*/$connect", "arn:$connect/$connect", true),
            ("*a*b", "aab", true),
            ("*a*b", "aabc", false),
            ("", "", true),
            ("?", "", false),
        ] {
            assert_eq!(matches(pattern.as_bytes(), text.as_bytes()), fits, "{pattern} {text}");
        }
    }
}
