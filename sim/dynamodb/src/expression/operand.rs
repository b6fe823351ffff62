//! The operands of conditions.

use std::borrow::Cow;

use super::functions;
use super::path::Path;
use super::placeholders::Placeholders;
use super::syntax::{self, CheckResult};
use crate::item::Item;
use crate::number::Number;
use crate::value::Value;

/// A path, a value or the size of an operand, which may have no value for an item.
#[derive(Clone, Debug)]
pub(super) enum Operand {
    Path(Path),
    Value(Value),
    Size(Box<Operand>),
}

impl Operand {
    /// Looks up the placeholders of an operand and checks its functions.
    pub(super) fn resolve(
        operand: &syntax::OperandNode<'_>,
        placeholders: &mut Placeholders,
    ) -> Result<Operand, String> {
        match operand {
            syntax::OperandNode::Path(steps) => {
                Ok(Operand::Path(Path::resolve(steps, placeholders)?))
            }
            syntax::OperandNode::Value(name) => Ok(Operand::Value(placeholders.value(name)?)),
            syntax::OperandNode::Call(call) => functions::operand(call, placeholders),
        }
    }

    /// The name of the type, if it is known without an item.
    pub(super) fn type_name(&self) -> Option<&'static str> {
        match self {
            Operand::Path(_) => None,
            Operand::Value(value) => Some(value.type_name()),
            Operand::Size(_) => Some("N"),
        }
    }

    /// Refuses the size of an operand whose type is known to have none.
    pub(super) fn check_types(&self) -> CheckResult {
        let Operand::Size(operand) = self else { return Ok(()) };
        operand.check_types()?;
        functions::check_type("size", operand.type_name(), |name| {
            !matches!(name, "N" | "BOOL" | "NULL")
        })
    }

    /// The path of the operand, if it has one.
    pub(super) fn path(&self) -> Option<&Path> {
        match self {
            Operand::Path(path) => Some(path),
            Operand::Value(_) => None,
            Operand::Size(operand) => operand.path(),
        }
    }

    /// The value for an item, or for no item.
    pub(super) fn find<'a>(&'a self, item: Option<&'a Item>) -> Option<Cow<'a, Value>> {
        match self {
            Operand::Path(path) => path.find(item?).map(Cow::Borrowed),
            Operand::Value(value) => Some(Cow::Borrowed(value)),
            Operand::Size(operand) => {
                let size = operand.find(item)?.size()?;
                Some(Cow::Owned(Value::N(Number::from_count(size))))
            }
        }
    }
}
