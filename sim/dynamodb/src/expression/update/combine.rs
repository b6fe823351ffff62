//! `ADD` and `DELETE`: a value combined with another one.

use crate::expression::placeholders::Placeholders;
use crate::expression::syntax::{ActionNode, CheckResult, EffectNode};
use crate::value::Value;

/// The reason why two values cannot be combined.
#[derive(Debug)]
pub(super) enum CombineError {
    WrongType,
    /// The sum is no number that AWS can store; with the message of AWS.
    Sum(String),
}

/// Refuses an operand that combines with no value.
pub(super) fn check_operand(
    action: &ActionNode<'_>,
    placeholders: &mut Placeholders,
) -> CheckResult {
    let (verb, name) = match action.effect {
        EffectNode::Add(name) => ("ADD", name),
        EffectNode::Delete(name) => ("DELETE", name),
        EffectNode::Set(_) | EffectNode::Remove => return Ok(()),
    };
    let type_name = match placeholders.value(name)? {
        Value::Ss(_) | Value::Ns(_) | Value::Bs(_) => return Ok(()),
        Value::N(_) if verb == "ADD" => return Ok(()),
        Value::N(_) => "NUMBER",
        Value::S(_) => "STRING",
        Value::B(_) => "BINARY",
        Value::Bool(_) => "BOOLEAN",
        Value::Null => "NULL",
        Value::M(_) => "MAP",
        Value::L(_) => "LIST",
    };
    Err(format!(
        "Incorrect operand type for operator or function; operator: {verb}, operand type: \
         {type_name}"
    ))
}

/// Adds a number, or the members of a set or a list, to the old value.
pub(super) fn add(old: Option<&Value>, new: &Value) -> Result<Value, CombineError> {
    let Some(old) = old else { return Ok(new.clone()) };
    Ok(match (old, new) {
        (Value::N(old), Value::N(new)) => Value::N(old.plus(new).map_err(CombineError::Sum)?),
        (Value::Ss(old), Value::Ss(new)) => Value::Ss(old | new),
        (Value::Ns(old), Value::Ns(new)) => Value::Ns(old | new),
        (Value::Bs(old), Value::Bs(new)) => Value::Bs(old | new),
        (Value::L(old), Value::L(new)) => Value::L(old.iter().chain(new).cloned().collect()),
        _ => return Err(CombineError::WrongType),
    })
}

/// Deletes members of a set; returns none rather than an empty set.
pub(super) fn delete(old: Option<&Value>, taken: &Value) -> Result<Option<Value>, CombineError> {
    let Some(old) = old else { return Ok(None) };
    let (left, is_empty) = match (old, taken) {
        (Value::Ss(old), Value::Ss(taken)) => (Value::Ss(old - taken), old.is_subset(taken)),
        (Value::Ns(old), Value::Ns(taken)) => (Value::Ns(old - taken), old.is_subset(taken)),
        (Value::Bs(old), Value::Bs(taken)) => (Value::Bs(old - taken), old.is_subset(taken)),
        _ => return Err(CombineError::WrongType),
    };
    Ok((!is_empty).then_some(left))
}

impl CombineError {
    /// The message of AWS; `wrong_type` is the message for a wrong type.
    pub(super) fn message(self, wrong_type: &str) -> String {
        match self {
            CombineError::WrongType => wrong_type.to_owned(),
            CombineError::Sum(message) => message,
        }
    }
}
