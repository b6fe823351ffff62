//! The answer that lets a handshake go on.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::claims::Claims;
use crate::refusal::Refusal;

/// 8 KB, of everything that is in the answer (FACTS 3.1).
const BYTES_MAX: usize = 8 * 1024;

/// The answer that lets a handshake go on, and says who it is that connects.
///
/// It is written as the gateway documents it. The type of `aws_lambda_events` would add a
/// `usageIdentifierKey` that is null.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Policy {
    principal_id: String,
    policy_document: Document,
    context: BTreeMap<String, Value>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
    version: &'static str,
    statement: [Statement; 1],
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Statement {
    action: &'static str,
    effect: &'static str,
    resource: String,
}

impl Policy {
    /// Lets `subject` invoke `method_arn` and nothing else.
    ///
    /// All later events of the connection carry the context (FACTS 1.22): `sub`, and those of the
    /// claims called `names` that the token has. The gateway takes no lists and no objects there,
    /// so claims that are some are left out.
    ///
    /// # Errors
    ///
    /// The gateway would not take an answer of this size.
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

fn is_scalar(value: &Value) -> bool {
    value.is_string() || value.is_number() || value.is_boolean()
}
