//! Streams without the wire: the queries of a driver, and the command that rolls shards.

use std::collections::BTreeMap;

use stormglass_spec::Time;

use crate::dynamodb::DynamoDb;
use crate::stream::{SequenceNumber, Shard, StreamLog, StreamRecord};

impl DynamoDb {
    /// Returns the ARN of the latest stream of a table; none if it never had one, or if that was
    /// closed a day ago.
    pub fn stream_arn(&self, table: &str) -> Option<&str> {
        Some(&*self.latest_stream(table)?.arn)
    }

    /// Returns the shards of the latest stream of a table, each with its parent. A parent stands
    /// before its children.
    pub fn stream_shards(&self, table: &str) -> Vec<(&str, Option<&str>)> {
        let shards = self.latest_stream(table).into_iter().flat_map(|stream| &stream.shards);
        shards.map(|shard| (shard.id.as_str(), shard.parent.as_deref())).collect()
    }

    /// Returns the records of a shard behind a position, oldest first.
    ///
    /// A position is the sequence number of the last record that the caller has; none stands for
    /// the start of the shard. Records that are a day old are gone (FACTS 13.4).
    pub fn records_after(
        &self,
        now: Time,
        table: &str,
        shard: &str,
        position: Option<&str>,
    ) -> Vec<StreamRecord> {
        let stream = self.latest_stream(table);
        stream.map(|stream| stream.records_after(now, shard, position)).unwrap_or_default()
    }

    /// Returns the shards of a table that have records newer than the caller's position in them.
    ///
    /// A shard without a position counts from its start.
    pub fn shards_with_news(
        &self,
        now: Time,
        table: &str,
        positions: &BTreeMap<String, String>,
    ) -> Vec<&str> {
        let shards = self.latest_stream(table).into_iter().flat_map(|stream| &stream.shards);
        let has_news = |shard: &&Shard| {
            let position = positions.get(&shard.id).map(String::as_str);
            let from = position.and_then(SequenceNumber::parse).map(SequenceNumber::next);
            shard.records_from(now, from.unwrap_or_default()).next().is_some()
        };
        shards.filter(has_news).map(|shard| shard.id.as_str()).collect()
    }

    /// Returns the position of a reader that starts at the newest end of a shard (`LATEST`).
    pub fn latest_position(&self, table: &str, shard: &str) -> Option<String> {
        let shard = self.latest_stream(table)?.shard(shard)?;
        Some(shard.newest().to_string())
    }

    /// Closes every open shard of a table's stream and opens a child of each, as AWS does from
    /// time to time (FACTS 13.4).
    ///
    /// A table without an open stream stays as it is.
    pub fn roll_shards(&mut self, now: Time, table: &str) {
        self.tables.settle(now);
        if let Some(stream) = self.tables.latest_stream_mut(table)
            && stream.declaration.is_on(now)
        {
            stream.roll(now);
        }
    }

    fn latest_stream(&self, table: &str) -> Option<&StreamLog> {
        self.tables.any(table)?.latest_stream()
    }
}
