//! What `ADD` and `DELETE` make of a value.

use crate::expression::placeholders::Placeholders;
use crate::expression::syntax::{ActionNode, CheckResult, EffectNode};
use crate::value::Value;

/// Why a value can not be added to or taken from.
#[derive(Debug)]
pub(super) enum CombineError {
    WrongType,
    /// What AWS says of the sum.
    Sum(String),
}

/// Refuses operands that no value could be combined with.
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

/// The old value and the new one together.
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

/// What is left of a set, which is nothing rather than an empty set.
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
    /// The complaint, in these words if a type is wrong.
    pub(super) fn message(self, wrong_type: &str) -> String {
        match self {
            CombineError::WrongType => wrong_type.to_owned(),
            CombineError::Sum(message) => message,
        }
    }
}
