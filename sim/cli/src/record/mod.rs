//! The files of the last exploration and of the last hunt, below `target/sim`.
//!
//! [`ExplorationRecord`] is `exploration.json`, and also the summary that `explore --json` prints.
//! [`HuntRecord`] is `known-bad.json`.
//!
//! The figures `wall_ms` and `slowest` of an exploration depend on the machine, and differ from one
//! run to the next. All others are the same whenever and wherever the same seeds are run.

mod exploration;
mod hunt;

pub use exploration::{
    BrokenPromise, EventRange, ExplorationRecord, FamilyCount, FanOut, FaultCount, SlowSeed,
    Spread, Verdict,
};
pub use hunt::{HuntRecord, HuntRow, ShortCase, StrategyResult};

use serde::Deserialize;
use serde::de::DeserializeOwned;

/// The version of both files. This program reads no other version.
pub const SCHEMA: u32 = 1;

/// The fewest seeds that show anything about a search by the situations that it never met.
pub const SEEDS_TO_JUDGE: u64 = 2_000;

/// The reason that a text is no record.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// Another program, or nothing, wrote the text.
    #[error("it is not the output of `{command}` ({error}): run that again")]
    Foreign {
        /// The command that writes such a file.
        command: &'static str,
        /// The error of the parser.
        error: serde_json::Error,
    },
    /// Another version of this program wrote the text.
    #[error("it has schema {found}, but this stormglass reads {SCHEMA}: run `{command}` again")]
    OtherSchema {
        /// The command that writes such a file.
        command: &'static str,
        /// The schema of the file.
        found: u64,
    },
}

/// The part that files of every version have.
#[derive(Deserialize)]
struct Head {
    schema: u64,
}

fn parse<T: DeserializeOwned>(text: &str, command: &'static str) -> Result<T, RecordError> {
    let foreign = |error| RecordError::Foreign { command, error };
    let Head { schema } = serde_json::from_str(text).map_err(foreign)?;
    if schema != u64::from(SCHEMA) {
        return Err(RecordError::OtherSchema { command, found: schema });
    }
    serde_json::from_str(text).map_err(foreign)
}
