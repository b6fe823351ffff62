//! The gateway's reading of the answers of functions, in words for people.

use serde::Deserialize;
use serde_json::Value;

use super::authorizer::Decision;
use super::connection::Purpose;
use super::{Gateway, ProxyResponse, RequestId};

impl Gateway {
    /// Returns the reading of the answer to a request that waits for it: the status, or the
    /// decision of an authorizer.
    ///
    /// # Errors
    ///
    /// The mistake in a malformed answer, with the key that is wrong.
    pub fn reading(&self, request: &RequestId, json: &str) -> Result<String, String> {
        let pending = self.invocations.get(request);
        let is_authorizer =
            pending.is_some_and(|pending| matches!(pending.purpose, Purpose::Authorize(_)));
        if !is_authorizer {
            return ProxyResponse::explain(json).map(|response| response.status.to_string());
        }
        match Decision::parse(json, &self.stage.connect_arn(), 0) {
            Decision::Allow(_) => Ok("allowed".to_owned()),
            Decision::Deny => Ok("denied".to_owned()),
            Decision::Malformed => Err(Decision::mistake(json)),
        }
    }
}

/// Returns the mistake in an answer that should be an object of this type; `None` if there is none.
pub(super) fn mistake_in<'a, T: Deserialize<'a>>(json: &'a str) -> Option<String> {
    match serde_json::from_str(json) {
        Err(error) => return Some(format!("it is no JSON: {error}")),
        Ok(Value::Object(_)) => {}
        Ok(value) => return Some(format!("it is {}, and no object", kind_of(&value))),
    }
    let mut reader = serde_json::Deserializer::from_str(json);
    let error = serde_path_to_error::deserialize::<_, T>(&mut reader).err()?;
    let (path, what) = (error.path().to_string(), error.inner().to_string());
    // The message names a key that is missing or unknown, and none whose value is wrong.
    let is_named = path == "." || what.contains("field `");
    Some(if is_named { what } else { format!("`{path}`: {what}") })
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
