//! Answers of REQUEST authorizers (FACTS 1.2, 1.22).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use stormglass_spec::quotas::AUTHORIZER_RESULT_BYTES_MAX;

use super::reading::mistake_in;
use crate::iam::wildcards_fit;

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
        let mut actions = self.action.as_slice().iter();
        let mut resources = self.resource.as_slice().iter();
        actions.any(|action| wildcards_fit(action, "execute-api:Invoke", true))
            && resources.any(|resource| wildcards_fit(resource, method_arn, false))
    }
}
