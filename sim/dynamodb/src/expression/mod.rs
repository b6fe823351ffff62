//! Expressions: conditions, filters, conditions on keys, projections and updates.
//!
//! | module | what is in it |
//! |---|---|
//! | `lexer` | tokens |
//! | `syntax`, `parser` | trees, and what is wrong where there is none |
//! | `placeholders` | `#names` and `:values`, and whether all are used |
//! | `path` | places in an item |
//! | `condition`, `functions`, `operand` | what can hold of an item |
//! | `key_condition`, `key_range` | what a query asks of keys |
//! | `projection` | which parts of an item are wanted |
//! | `update` | what is done to an item |
//! | `legacy` | the parameters that were there before expressions |
//! | `reserved` | the words that must hide behind `#names` |

mod condition;
mod functions;
mod key_condition;
mod key_range;
pub(super) mod legacy;
mod lexer;
mod operand;
mod parser;
mod path;
mod placeholders;
mod projection;
mod reserved;
mod syntax;
mod update;

pub(super) use condition::Condition;
pub(super) use key_condition::{KeyCondition, KeyExpression};
pub(super) use key_range::{KeyComparator, KeyRange, RangePredicate};
pub(super) use placeholders::Placeholders;
pub(super) use projection::Projection;
pub(super) use update::Update;

use crate::answer::Answer;

/// The longest expression, by the quotas of the developer guide.
const BYTES_MAX: usize = 4096;

/// Parses the expression of a member of a request, and names the member if that fails.
fn read<T>(
    member: &str,
    text: &str,
    parse: impl FnOnce(&str) -> Result<T, String>,
) -> Result<T, Answer> {
    let parsed = match text.len() {
        0 => Err("The expression can not be empty;".to_owned()),
        size if size > BYTES_MAX => Err(too_long(member, size)),
        _ => parse(text),
    };
    parsed.map_err(|message| Answer::validation(&format!("Invalid {member}: {message}")))
}

/// AWS tells the size of conditions and of filters, but not that of other expressions.
fn too_long(member: &str, size: usize) -> String {
    let told = match member {
        "ConditionExpression" | "FilterExpression" => format!(" expression size: {size}"),
        _ => String::new(),
    };
    format!("Expression size has exceeded the maximum allowed size;{told}")
}
