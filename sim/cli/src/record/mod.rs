//! What is kept of the last exploration and of the last hunt, below `target/sim`.
//!
//! [`Exploration`] is `exploration.json`, and also the summary that `--json` prints. [`KnownBad`]
//! is `known-bad.json`.
//!
//! Of an exploration, `wall_ms` and `slowest` tell of the machine, and differ from one run to the
//! next; everything else is the same whenever and wherever the same seeds are run.

mod exploration;
mod known_bad;

pub use exploration::{
    BrokenPromise, Counted, Exploration, FanOut, FaultCount, Range, SlowSeed, Spread, Verdict,
};
pub use known_bad::{Hunted, KnownBad, Row, Shrunk};

use serde::Deserialize;
use serde::de::DeserializeOwned;

/// The version of both files. One of another version is not read.
pub const SCHEMA: u32 = 1;

/// Over fewer seeds, what was never seen says nothing about the search.
pub const SEEDS_TO_JUDGE: u64 = 2_000;

/// Why a text is no record.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// It is not what this program writes.
    #[error("it is not what `{command}` writes ({error}): run that again")]
    Foreign {
        /// What writes such a file.
        command: &'static str,
        /// What the parser said.
        error: serde_json::Error,
    },
    /// It was written by another version of this program.
    #[error("it is of schema {found}, but this stormglass reads {SCHEMA}: run `{command}` again")]
    OtherSchema {
        /// What writes such a file.
        command: &'static str,
        /// Its schema.
        found: u64,
    },
}

/// All that files of any version have.
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
