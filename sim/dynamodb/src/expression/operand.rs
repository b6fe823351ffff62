//! What conditions compare.

use super::functions;
use super::path::Path;
use super::placeholders::Placeholders;
use super::syntax::{self, CheckResult};
use crate::item::Item;
use crate::number::Number;
use crate::value::Value;

/// Something that may have a value.
#[derive(Clone, Debug)]
pub(super) enum Operand {
    Path(Path),
    Value(Value),
    Size(Box<Operand>),
}

/// A value that an operand refers to, or one that was worked out.
pub(super) enum Found<'a> {
    There(&'a Value),
    Made(Value),
}

impl Operand {
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

    /// The name of the type, where it is known without an item.
    pub(super) fn type_name(&self) -> Option<&'static str> {
        match self {
            Operand::Path(_) => None,
            Operand::Value(value) => Some(value.type_name()),
            Operand::Size(_) => Some("N"),
        }
    }

    /// Refuses to take the size of what is known to have none.
    pub(super) fn check_types(&self) -> CheckResult {
        let Operand::Size(operand) = self else { return Ok(()) };
        operand.check_types()?;
        functions::check_type("size", operand.type_name(), |name| {
            !matches!(name, "N" | "BOOL" | "NULL")
        })
    }

    /// The path that is looked at.
    pub(super) fn path(&self) -> Option<&Path> {
        match self {
            Operand::Path(path) => Some(path),
            Operand::Value(_) => None,
            Operand::Size(operand) => operand.path(),
        }
    }

    /// The value for an item, or for there being none.
    pub(super) fn find<'a>(&'a self, item: Option<&'a Item>) -> Option<Found<'a>> {
        match self {
            Operand::Path(path) => path.find(item?).map(Found::There),
            Operand::Value(value) => Some(Found::There(value)),
            Operand::Size(operand) => {
                let size = operand.find(item)?.value().size()?;
                Some(Found::Made(Value::N(Number::from_count(size))))
            }
        }
    }
}

impl Found<'_> {
    pub(super) fn value(&self) -> &Value {
        match self {
            Found::There(value) => value,
            Found::Made(value) => value,
        }
    }
}
