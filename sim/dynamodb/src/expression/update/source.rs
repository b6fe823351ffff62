//! The values that `SET` works out.

use super::{NO_SUCH_ATTRIBUTE, WRONG_TYPE};
use crate::expression::functions::{self, UpdateFunction};
use crate::expression::path::Path;
use crate::expression::placeholders::Placeholders;
use crate::expression::syntax::{self, Call, Effect, Operand, Sum, Visited};
use crate::item::Item;
use crate::value::Value;

/// Where a value comes from.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    Path(Path),
    Value(Value),
    IfNotExists(Path, Box<Source>),
    ListAppend(Box<Source>, Box<Source>),
    Plus(Box<Source>, Box<Source>),
    Minus(Box<Source>, Box<Source>),
}

/// Refuses functions that do not exist or have no place in updates.
pub(super) fn check_calls(operand: &Operand<'_>) -> Visited {
    operand.each_call(&mut |call| UpdateFunction::parse(call.function).map(drop))
}

/// Looks up the names behind the equals sign.
pub(super) fn look_up_names(
    action: &syntax::Action<'_>,
    placeholders: &mut Placeholders,
) -> Visited {
    action.operands().into_iter().try_for_each(|operand| {
        operand.each_leaf(&mut |operand| match operand {
            Operand::Path(steps) => Path::resolve(steps, placeholders).map(drop),
            _ => Ok(()),
        })
    })
}

/// Looks up the values of an action.
pub(super) fn look_up_values(
    action: &syntax::Action<'_>,
    placeholders: &mut Placeholders,
) -> Visited {
    if let Effect::Add(name) | Effect::Delete(name) = action.effect {
        placeholders.value(name)?;
    }
    action.operands().into_iter().try_for_each(|operand| {
        operand.each_leaf(&mut |operand| match operand {
            Operand::Value(name) => placeholders.value(name).map(drop),
            _ => Ok(()),
        })
    })
}

impl Source {
    pub(super) fn resolve(
        sum: &Sum<'_>,
        placeholders: &mut Placeholders,
    ) -> Result<Source, String> {
        let (symbol, make, one, two) = match sum {
            Sum::One(operand) => return Source::of(operand, placeholders),
            Sum::Plus(one, two) => ("+", Source::Plus as fn(_, _) -> _, one, two),
            Sum::Minus(one, two) => ("-", Source::Minus as fn(_, _) -> _, one, two),
        };
        let one = Source::of(one, placeholders)?;
        let two = Source::of(two, placeholders)?;
        for operand in [&one, &two] {
            functions::check_type(symbol, operand.literal_type(), |name| name == "N")?;
        }
        Ok(make(Box::new(one), Box::new(two)))
    }

    /// The value for an item, or what AWS says if it has none.
    pub(super) fn value(&self, item: &Item) -> Result<Value, String> {
        match self {
            Source::Path(path) => {
                path.find(item).cloned().ok_or_else(|| NO_SUCH_ATTRIBUTE.to_owned())
            }
            Source::Value(value) => Ok(value.clone()),
            // DynamoDB Local, which is AWS's own, works out both.
            Source::IfNotExists(path, otherwise) => {
                let otherwise = otherwise.value(item)?;
                Ok(path.find(item).cloned().unwrap_or(otherwise))
            }
            Source::ListAppend(one, two) => match (one.value(item)?, two.value(item)?) {
                (Value::L(mut list), Value::L(more)) => {
                    list.extend(more);
                    Ok(Value::L(list))
                }
                _ => Err(WRONG_TYPE.to_owned()),
            },
            Source::Plus(one, two) => match (one.value(item)?, two.value(item)?) {
                (Value::N(one), Value::N(two)) => one.plus(&two).map(Value::N),
                _ => Err(WRONG_TYPE.to_owned()),
            },
            Source::Minus(one, two) => match (one.value(item)?, two.value(item)?) {
                (Value::N(one), Value::N(two)) => one.minus(&two).map(Value::N),
                _ => Err(WRONG_TYPE.to_owned()),
            },
        }
    }

    /// The type of the value, if that can be told without the item.
    pub(super) fn type_name(&self) -> Option<&'static str> {
        match self {
            Source::Path(_) | Source::IfNotExists(..) => None,
            Source::Value(value) => Some(value.type_name()),
            Source::ListAppend(..) => Some("L"),
            Source::Plus(..) | Source::Minus(..) => Some("N"),
        }
    }

    /// Whether any path goes into this top-level attribute.
    pub(super) fn looks_into(&self, attribute: &str) -> bool {
        match self {
            Source::Path(path) => path.looks_into(attribute),
            Source::Value(_) => false,
            Source::IfNotExists(path, otherwise) => {
                path.looks_into(attribute) || otherwise.looks_into(attribute)
            }
            Source::ListAppend(one, two) | Source::Plus(one, two) | Source::Minus(one, two) => {
                one.looks_into(attribute) || two.looks_into(attribute)
            }
        }
    }

    fn of(operand: &Operand<'_>, placeholders: &mut Placeholders) -> Result<Source, String> {
        match operand {
            Operand::Path(steps) => Ok(Source::Path(Path::resolve(steps, placeholders)?)),
            Operand::Value(name) => Ok(Source::Value(placeholders.value(name)?)),
            Operand::Call(call) => Source::of_call(call, placeholders),
        }
    }

    fn of_call(call: &Call<'_>, placeholders: &mut Placeholders) -> Result<Source, String> {
        let name = call.function;
        let arguments = call.arguments.iter().map(|operand| Source::of(operand, placeholders));
        let [one, two] = functions::exactly(name, arguments.collect::<Result<_, _>>()?)?;
        match (UpdateFunction::parse(name)?, one) {
            (UpdateFunction::IfNotExists, Source::Path(path)) => {
                if let Source::Path(otherwise) = &two {
                    functions::check_paths_distinct(name, &path, otherwise)?;
                }
                Ok(Source::IfNotExists(path, Box::new(two)))
            }
            (UpdateFunction::IfNotExists, _) => Err(functions::needs_path(name)),
            (UpdateFunction::ListAppend, one) => {
                for operand in [&one, &two] {
                    functions::check_type(name, operand.literal_type(), |name| name == "L")?;
                }
                Ok(Source::ListAppend(Box::new(one), Box::new(two)))
            }
        }
    }

    /// The type of a placeholder; AWS looks at what functions give only when it has the item.
    fn literal_type(&self) -> Option<&'static str> {
        match self {
            Source::Value(value) => Some(value.type_name()),
            _ => None,
        }
    }
}
