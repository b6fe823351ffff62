//! Names of tables and of other resources, before any table is looked up.
//!
//! | module | contents |
//! |---|---|
//! | `arn` | Amazon Resource Names |
//! | `text` | the characters and the lengths that AWS allows |

mod arn;
mod text;

use stormglass_spec::hash;

use crate::answer::Answer;

pub use arn::table_arn;
pub(super) use arn::{ACCOUNT, TableArn, index_arn, key_arn, resource_arn, stream_arn};
pub(super) use text::{ATTRIBUTE_NAME, NAME, TextRule, length_at_least, length_at_most};

/// The length of the longest name of a table.
pub(super) const TABLE_LENGTH_MAX: usize = 255;

/// Refuses the name of a table for its length, which AWS reports before any other violation.
pub(super) fn wrong_length(name: &str, constraint: &str) -> Answer {
    Answer::validation(&format!(
        "1 validation error detected: Value '{name}' at 'tableName' failed to satisfy constraint: \
         {constraint}"
    ))
}

/// A UUID that looks random: a hash of a text and a number.
pub(super) fn uuid(text: &str, number: u64) -> String {
    let high = hash::keyed_for(number, text, "high");
    let low = hash::keyed_for(number, text, "low");
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xfff,
        low >> 48 & 0x3fff | 0x8000,
        low & 0xffff_ffff_ffff
    )
}
