//! Expressions: conditions, filters, conditions on keys, projections and updates.
//!
//! | module | contents |
//! |---|---|
//! | `lexer` | tokens |
//! | `syntax`, `parser` | trees, and errors of the syntax |
//! | `placeholders` | `#names` and `:values` |
//! | `path` | paths into an item |
//! | `condition`, `functions`, `operand` | conditions and filters |
//! | `key_condition`, `key_range` | conditions on keys, for queries |
//! | `projection` | parts of an item |
//! | `update` | updates of an item |
//! | `legacy` | legacy parameters, which do the same without expressions |
//! | `reserved` | the words that need a `#name` |

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

/// Parses the expression of a member of a request. An error names the member.
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

/// The error for a long expression. AWS names the size of conditions and filters only.
fn too_long(member: &str, size: usize) -> String {
    let size = match member {
        "ConditionExpression" | "FilterExpression" => format!(" expression size: {size}"),
        _ => String::new(),
    };
    format!("Expression size has exceeded the maximum allowed size;{size}")
}
