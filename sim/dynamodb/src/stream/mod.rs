//! Streams: a record for every change of an item, in shards (FACTS 13.1 to 13.6).
//!
//! | module | contents |
//! |---|---|
//! | `record` | a record, and its JSON |
//! | `sequence` | sequence numbers |
//! | `shard` | a shard: records in their order |
//! | `log` | a stream: its shards, and the record of each change |

mod log;
mod record;
mod sequence;
mod shard;

pub(super) use log::{ItemWrite, StreamLog};
pub use record::StreamRecord;
pub(super) use sequence::SequenceNumber;
pub(super) use shard::Shard;
