//! The answer that accepts a handshake.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::claims::Claims;
use crate::refusal::Refusal;

/// The longest answer, in bytes of its JSON (FACTS 3.1).
const BYTES_MAX: usize = 8 * 1024;

/// The answer that accepts a handshake and names the subject that connects.
///
/// It has exactly the fields that the gateway documents. The type of `aws_lambda_events` would
/// add a `usageIdentifierKey` that is null.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Policy {
    principal_id: String,
    policy_document: Document,
    context: BTreeMap<String, Value>,
}

/// The IAM policy in the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
    version: &'static str,
    statement: [Statement; 1],
}

/// The statement of the IAM policy, which allows one action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Statement {
    action: &'static str,
    effect: &'static str,
    resource: String,
}

impl Policy {
    /// Allows `subject` to invoke `method_arn` and nothing else.
    ///
    /// All later events of the connection carry the context of the answer (FACTS 1.22): the claim
    /// `sub`, and the claims called `names` as far as the token has them. A claim with a list or
    /// an object is left out, because the gateway takes none there.
    ///
    /// # Errors
    ///
    /// The answer would be longer than the gateway allows.
    pub(crate) fn allow(
        method_arn: &str,
        subject: &str,
        claims: &Claims,
        names: &[String],
    ) -> Result<Policy, Refusal> {
        let names = names.iter().map(String::as_str).chain(["sub"]);
        let context = names.filter_map(|name| {
            let value = claims.get(name).filter(|value| is_scalar(value))?;
            Some((name.to_owned(), value.clone()))
        });
        let statement = Statement {
            action: "execute-api:Invoke",
            effect: "Allow",
            resource: method_arn.to_owned(),
        };
        let policy = Policy {
            principal_id: subject.to_owned(),
            policy_document: Document { version: "2012-10-17", statement: [statement] },
            context: context.collect(),
        };
        match serde_json::to_vec(&policy) {
            Ok(json) if json.len() <= BYTES_MAX => Ok(policy),
            _ => Err(Refusal("the claims do not fit into an answer")),
        }
    }
}

/// Reports whether the context of an answer may hold a value.
fn is_scalar(value: &Value) -> bool {
    value.is_string() || value.is_number() || value.is_boolean()
}
