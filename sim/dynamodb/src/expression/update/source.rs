//! The values of `SET`.

use super::{NO_SUCH_ATTRIBUTE, WRONG_TYPE};
use crate::expression::functions::{self, UpdateFunction};
use crate::expression::path::Path;
use crate::expression::placeholders::Placeholders;
use crate::expression::syntax::{ActionNode, Call, CheckResult, EffectNode, OperandNode, Sum};
use crate::item::Item;
use crate::value::Value;

/// The source of a value: a path, a value or a calculation.
#[derive(Clone, Debug)]
pub(crate) enum ValueSource {
    Path(Path),
    Value(Value),
    IfNotExists(Path, Box<ValueSource>),
    ListAppend(Box<ValueSource>, Box<ValueSource>),
    Plus(Box<ValueSource>, Box<ValueSource>),
    Minus(Box<ValueSource>, Box<ValueSource>),
}

/// Refuses functions that do not exist, and functions of conditions.
pub(super) fn check_calls(operand: &OperandNode<'_>) -> CheckResult {
    operand.each_call(&mut |call| UpdateFunction::parse(call.function).map(drop))
}

/// Looks up the names on the right side of an action.
pub(super) fn look_up_names(
    action: &ActionNode<'_>,
    placeholders: &mut Placeholders,
) -> CheckResult {
    action.operands().into_iter().try_for_each(|operand| {
        operand.each_leaf(&mut |operand| match operand {
            OperandNode::Path(steps) => Path::resolve(steps, placeholders).map(drop),
            _ => Ok(()),
        })
    })
}

/// Looks up the values of an action.
pub(super) fn look_up_values(
    action: &ActionNode<'_>,
    placeholders: &mut Placeholders,
) -> CheckResult {
    if let EffectNode::Add(name) | EffectNode::Delete(name) = action.effect {
        placeholders.value(name)?;
    }
    action.operands().into_iter().try_for_each(|operand| {
        operand.each_leaf(&mut |operand| match operand {
            OperandNode::Value(name) => placeholders.value(name).map(drop),
            _ => Ok(()),
        })
    })
}

impl ValueSource {
    /// Looks up the placeholders of a sum and checks its functions.
    pub(super) fn resolve(
        sum: &Sum<'_>,
        placeholders: &mut Placeholders,
    ) -> Result<ValueSource, String> {
        let (symbol, make, one, two) = match sum {
            Sum::One(operand) => return ValueSource::from_operand(operand, placeholders),
            Sum::Plus(one, two) => ("+", ValueSource::Plus as fn(_, _) -> _, one, two),
            Sum::Minus(one, two) => ("-", ValueSource::Minus as fn(_, _) -> _, one, two),
        };
        let one = ValueSource::from_operand(one, placeholders)?;
        let two = ValueSource::from_operand(two, placeholders)?;
        for operand in [&one, &two] {
            functions::check_type(symbol, operand.literal_type(), |name| name == "N")?;
        }
        Ok(make(Box::new(one), Box::new(two)))
    }

    /// Works out the value for an item.
    ///
    /// # Errors
    ///
    /// If there is no value: the message of AWS.
    pub(super) fn value(&self, item: &Item) -> Result<Value, String> {
        match self {
            ValueSource::Path(path) => {
                path.find(item).cloned().ok_or_else(|| NO_SUCH_ATTRIBUTE.to_owned())
            }
            ValueSource::Value(value) => Ok(value.clone()),
            // DynamoDB Local, which AWS publishes, works out both.
            ValueSource::IfNotExists(path, otherwise) => {
                let otherwise = otherwise.value(item)?;
                Ok(path.find(item).cloned().unwrap_or(otherwise))
            }
            ValueSource::ListAppend(one, two) => match (one.value(item)?, two.value(item)?) {
                (Value::L(mut list), Value::L(more)) => {
                    list.extend(more);
                    Ok(Value::L(list))
                }
                _ => Err(WRONG_TYPE.to_owned()),
            },
            ValueSource::Plus(one, two) => match (one.value(item)?, two.value(item)?) {
                (Value::N(one), Value::N(two)) => one.plus(&two).map(Value::N),
                _ => Err(WRONG_TYPE.to_owned()),
            },
            ValueSource::Minus(one, two) => match (one.value(item)?, two.value(item)?) {
                (Value::N(one), Value::N(two)) => one.minus(&two).map(Value::N),
                _ => Err(WRONG_TYPE.to_owned()),
            },
        }
    }

    /// The type of the value, if it is known without the item.
    pub(super) fn type_name(&self) -> Option<&'static str> {
        match self {
            ValueSource::Path(_) | ValueSource::IfNotExists(..) => None,
            ValueSource::Value(value) => Some(value.type_name()),
            ValueSource::ListAppend(..) => Some("L"),
            ValueSource::Plus(..) | ValueSource::Minus(..) => Some("N"),
        }
    }

    /// True if a path goes into this top-level attribute.
    pub(super) fn looks_into(&self, attribute: &str) -> bool {
        match self {
            ValueSource::Path(path) => path.looks_into(attribute),
            ValueSource::Value(_) => false,
            ValueSource::IfNotExists(path, otherwise) => {
                path.looks_into(attribute) || otherwise.looks_into(attribute)
            }
            ValueSource::ListAppend(one, two)
            | ValueSource::Plus(one, two)
            | ValueSource::Minus(one, two) => {
                one.looks_into(attribute) || two.looks_into(attribute)
            }
        }
    }

    fn from_operand(
        operand: &OperandNode<'_>,
        placeholders: &mut Placeholders,
    ) -> Result<ValueSource, String> {
        match operand {
            OperandNode::Path(steps) => Ok(ValueSource::Path(Path::resolve(steps, placeholders)?)),
            OperandNode::Value(name) => Ok(ValueSource::Value(placeholders.value(name)?)),
            OperandNode::Call(call) => ValueSource::from_call(call, placeholders),
        }
    }

    fn from_call(call: &Call<'_>, placeholders: &mut Placeholders) -> Result<ValueSource, String> {
        let name = call.function;
        let arguments =
            call.arguments.iter().map(|operand| ValueSource::from_operand(operand, placeholders));
        let [one, two] = functions::exactly(name, arguments.collect::<Result<_, _>>()?)?;
        match (UpdateFunction::parse(name)?, one) {
            (UpdateFunction::IfNotExists, ValueSource::Path(path)) => {
                if let ValueSource::Path(otherwise) = &two {
                    functions::check_paths_distinct(name, &path, otherwise)?;
                }
                Ok(ValueSource::IfNotExists(path, Box::new(two)))
            }
            (UpdateFunction::IfNotExists, _) => Err(functions::needs_path(name)),
            (UpdateFunction::ListAppend, one) => {
                for operand in [&one, &two] {
                    functions::check_type(name, operand.literal_type(), |name| name == "L")?;
                }
                Ok(ValueSource::ListAppend(Box::new(one), Box::new(two)))
            }
        }
    }

    /// The type of a placeholder. AWS checks the results of functions only with the item.
    fn literal_type(&self) -> Option<&'static str> {
        match self {
            ValueSource::Value(value) => Some(value.type_name()),
            _ => None,
        }
    }
}
