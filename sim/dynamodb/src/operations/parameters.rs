//! Parameters of an operation that come in two kinds: expressions, and legacy parameters.

use super::Outcome;
use crate::expression::{Placeholders, legacy};
use crate::members::Members;

/// The names of the members, each kind in the order of AWS.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parameters {
    pub(super) expressions: &'static [&'static str],
    pub(super) legacy: &'static [&'static str],
}

impl Parameters {
    /// Refuses parameters of the wrong shape, and notes the violations of legacy parameters.
    pub(super) fn constrain(self, members: &mut Members<'_>) -> Outcome<()> {
        for name in self.expressions {
            members.string(name)?;
        }
        Placeholders::check_shapes(members, self.expressions)?;
        for name in self.legacy {
            match *name {
                "ConditionalOperator" => {
                    members.one_of(name, &["OR", "AND"])?;
                }
                name => legacy::constrain(members, name)?,
            }
        }
        Ok(())
    }

    /// Refuses a mixture of both kinds, and placeholders without an expression.
    pub(super) fn check(self, members: &Members<'_>) -> Outcome<()> {
        legacy::check_not_mixed(members, self.legacy, self.expressions)?;
        Placeholders::check_wanted(members, self.expressions)
    }

    /// Reads the placeholders of the expressions.
    pub(super) fn placeholders(self, members: &Members<'_>) -> Outcome<Placeholders> {
        Placeholders::read(members, self.expressions)
    }
}
