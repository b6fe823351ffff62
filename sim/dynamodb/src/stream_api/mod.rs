//! The streams API: `ListStreams`, `DescribeStream`, `GetShardIterator` and `GetRecords`
//! (FACTS 13.16).
//!
//! `iterator` holds the shard iterators.

mod iterator;

use stormglass_spec::Time;

use crate::answer::Answer;
use crate::control;
use crate::json::{self, Object};
use crate::members::Members;
use crate::names::{NAME, TextRule};
use crate::state::{Viewpoint, date};
use crate::stream::{SequenceNumber, Shard, StreamLog, StreamRecord};
use crate::table::Tables;
use iterator::{LIFETIME, ShardIterator};

const PAGE_MAX: u32 = 100;
const RECORDS_MAX: u32 = 1_000;

/// The largest size of the records of one answer together.
const RECORDS_BYTES_MAX: usize = 1024 * 1024;

const ARN: TextRule = TextRule { is_name: false, least: 37, most: 1024 };
const SHARD: TextRule = TextRule { is_name: false, least: 28, most: 65 };
const SEQUENCE: TextRule = TextRule { is_name: false, least: 21, most: 40 };
const ITERATOR: TextRule = TextRule { is_name: false, least: 1, most: 2048 };

/// A parsed operation of the streams API.
#[derive(Clone, Debug)]
pub(crate) enum StreamCommand {
    List { table: Option<String>, start: Option<String>, limit: usize },
    Describe { stream: String, start: Option<String>, limit: usize },
    Iterator { stream: String, shard: String, start: IteratorStart },
    Records { iterator: String, limit: usize },
}

/// The place in a shard at which an iterator starts.
#[derive(Clone, Debug)]
pub(crate) enum IteratorStart {
    Oldest,
    Latest,
    At(String),
    After(String),
}

impl StreamCommand {
    /// The names of the operations.
    pub(crate) const NAMES: [&'static str; 4] =
        ["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"];

    /// Parses the operation of this name.
    ///
    /// # Panics
    ///
    /// If the name is none of [`StreamCommand::NAMES`].
    pub(crate) fn parse(
        operation: &str,
        members: &mut Members<'_>,
    ) -> Result<StreamCommand, Answer> {
        match operation {
            "ListStreams" => list(members),
            "DescribeStream" => describe(members),
            "GetShardIterator" => iterator(members),
            "GetRecords" => records(members),
            _ => unreachable!("{operation} is no operation of the streams API"),
        }
    }

    /// The name of the table whose stream the request names.
    pub(crate) fn table(&self) -> Option<&str> {
        let arn = match self {
            StreamCommand::List { table, .. } => return table.as_deref(),
            StreamCommand::Describe { stream, .. } | StreamCommand::Iterator { stream, .. } => {
                stream.as_str()
            }
            StreamCommand::Records { iterator, .. } => iterator.as_str(),
        };
        let (_, rest) = arn.split_once(":table/")?;
        rest.split_once("/stream/").map(|(table, _)| table)
    }

    /// Answers the request; it changes nothing.
    pub(crate) fn apply(&self, tables: &Tables, now: Time) -> Result<Answer, Answer> {
        match self {
            StreamCommand::List { table, start, limit } => {
                Ok(list_streams(tables, table.as_deref(), start.as_deref(), *limit))
            }
            StreamCommand::Describe { stream, start, limit } => {
                let stream = find_stream(tables, stream)?;
                Ok(stream.describe(now, start.as_deref(), *limit))
            }
            StreamCommand::Iterator { stream, shard, start } => {
                let stream = find_stream(tables, stream)?;
                stream.iterator(now, shard, start)
            }
            StreamCommand::Records { iterator, limit } => {
                let iterator = ShardIterator::parse(iterator)
                    .ok_or_else(|| Answer::validation("Invalid ShardIterator"))?;
                if iterator.issued_at + LIFETIME < now {
                    let message = "Iterator expired: it can be used for 15 minutes";
                    return Err(Answer::error(400, "ExpiredIteratorException", message));
                }
                find_stream(tables, &iterator.stream)?.records(now, iterator, *limit)
            }
        }
    }
}

fn list(members: &mut Members<'_>) -> Result<StreamCommand, Answer> {
    let table = members.text("TableName", NAME)?.map(str::to_owned);
    let start = members.text("ExclusiveStartStreamArn", ARN)?.map(str::to_owned);
    let limit = limit(members, PAGE_MAX)?;
    members.check()?;
    Ok(StreamCommand::List { table, start, limit })
}

fn describe(members: &mut Members<'_>) -> Result<StreamCommand, Answer> {
    let stream = members.require_text("StreamArn", ARN)?.to_owned();
    let start = members.text("ExclusiveStartShardId", SHARD)?.map(str::to_owned);
    let limit = limit(members, PAGE_MAX)?;
    members.refuse("DescribeStream", &["ShardFilter"])?;
    members.check()?;
    Ok(StreamCommand::Describe { stream, start, limit })
}

fn iterator(members: &mut Members<'_>) -> Result<StreamCommand, Answer> {
    let stream = members.require_text("StreamArn", ARN)?.to_owned();
    let shard = members.require_text("ShardId", SHARD)?.to_owned();
    let kinds = ["TRIM_HORIZON", "LATEST", "AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"];
    let kind = members.require_one_of("ShardIteratorType", &kinds)?;
    let sequence = members.text("SequenceNumber", SEQUENCE)?.map(str::to_owned);
    members.check()?;
    let start = match (kind, sequence) {
        ("TRIM_HORIZON", None) => IteratorStart::Oldest,
        ("LATEST", None) => IteratorStart::Latest,
        ("AT_SEQUENCE_NUMBER", Some(sequence)) => IteratorStart::At(sequence),
        ("AFTER_SEQUENCE_NUMBER", Some(sequence)) => IteratorStart::After(sequence),
        (kind, None) => {
            let message = format!("SequenceNumber is required for ShardIteratorType {kind}");
            return Err(Answer::validation(&message));
        }
        (kind, Some(_)) => {
            let message = format!("SequenceNumber is not allowed for ShardIteratorType {kind}");
            return Err(Answer::validation(&message));
        }
    };
    Ok(StreamCommand::Iterator { stream, shard, start })
}

fn records(members: &mut Members<'_>) -> Result<StreamCommand, Answer> {
    let iterator = members.require_text("ShardIterator", ITERATOR)?.to_owned();
    let limit = limit(members, RECORDS_MAX)?;
    members.check()?;
    Ok(StreamCommand::Records { iterator, limit })
}

fn limit(members: &mut Members<'_>, most: u32) -> Result<usize, Answer> {
    let limit = members.integer("Limit", 1, i64::from(most))?.unwrap_or(most);
    Ok(usize::try_from(limit).unwrap_or(usize::MAX))
}

fn find_stream<'a>(tables: &'a Tables, arn: &str) -> Result<&'a StreamLog, Answer> {
    tables.streams().find(|stream| &*stream.arn == arn).ok_or_else(|| {
        let message = format!("Requested resource not found: Stream: {arn} not found");
        Answer::error(400, "ResourceNotFoundException", &message)
    })
}

/// Lists one page of the streams, in the order of their ARNs.
fn list_streams(tables: &Tables, table: Option<&str>, start: Option<&str>, limit: usize) -> Answer {
    let is_wanted = |stream: &&StreamLog| {
        table.is_none_or(|table| stream.table == table)
            && start.is_none_or(|start| &*stream.arn > start)
    };
    let mut streams: Vec<_> = tables.streams().filter(is_wanted).collect();
    streams.sort_unstable_by(|one, other| one.arn.cmp(&other.arn));
    let has_more = streams.len() > limit;
    streams.truncate(limit);
    let last = streams.last().filter(|_| has_more).map(|stream| json::string(&stream.arn));
    let list = json::array(streams, |stream| {
        Object::new()
            .text("StreamArn", &stream.arn)
            .text("StreamLabel", &stream.declaration.label())
            .text("TableName", &stream.table)
            .finish()
    });
    let body = Object::new().json("Streams", &list).json_if("LastEvaluatedStreamArn", last);
    Answer::success(body.finish())
}

impl StreamLog {
    fn describe(&self, now: Time, start: Option<&str>, limit: usize) -> Answer {
        let from = start.and_then(|id| self.shards.iter().position(|shard| shard.id == id));
        let shards = &self.shards[from.map_or(0, |place| place + 1)..];
        let page = &shards[..limit.min(shards.len())];
        let last = page.last().filter(|_| page.len() < shards.len());
        let view = Viewpoint::LaterRequest(now);
        let description = Object::new()
            .text("StreamArn", &self.arn)
            .text("StreamLabel", &self.declaration.label())
            .text("StreamStatus", self.declaration.status(view))
            .text("StreamViewType", self.declaration.view.name())
            .json("CreationRequestDateTime", &date(self.declaration.opened.requested_at))
            .text("TableName", &self.table)
            .json("KeySchema", &control::key_schema(&self.keys))
            .json("Shards", &json::array(page, |shard| self.describe_shard(now, shard)))
            .json_if("LastEvaluatedShardId", last.map(|shard| json::string(&shard.id)))
            .finish();
        Answer::success(Object::new().json("StreamDescription", &description).finish())
    }

    fn describe_shard(&self, now: Time, shard: &Shard) -> String {
        let end = self.is_closed(now, shard).then(|| json::string(&shard.newest().to_string()));
        let range = Object::new()
            .text("StartingSequenceNumber", &shard.start.to_string())
            .json_if("EndingSequenceNumber", end)
            .finish();
        Object::new()
            .text("ShardId", &shard.id)
            .json("SequenceNumberRange", &range)
            .json_if("ParentShardId", shard.parent.as_deref().map(json::string))
            .finish()
    }

    fn iterator(&self, now: Time, id: &str, start: &IteratorStart) -> Result<Answer, Answer> {
        let shard = self.shard(id).ok_or_else(no_shard)?;
        let number = |text: &str| {
            SequenceNumber::parse(text).ok_or_else(|| Answer::validation("Invalid SequenceNumber"))
        };
        let from = match start {
            IteratorStart::Oldest => SequenceNumber::default(),
            IteratorStart::Latest => shard.newest().next(),
            IteratorStart::At(text) => number(text)?,
            IteratorStart::After(text) => number(text)?.next(),
        };
        shard.check_kept(from)?;
        let iterator = self.text_of(now, shard, from);
        Ok(Answer::success(Object::new().text("ShardIterator", &iterator).finish()))
    }

    fn records(&self, now: Time, iterator: ShardIterator, limit: usize) -> Result<Answer, Answer> {
        let shard = self.shard(&iterator.shard).ok_or_else(no_shard)?;
        shard.check_kept(iterator.from)?;
        let mut bytes = 0;
        let fits = |record: &&StreamRecord| {
            let is_first = bytes == 0;
            bytes += record.bytes();
            is_first || bytes <= RECORDS_BYTES_MAX
        };
        let records = shard.records_from(now, iterator.from).take(limit).take_while(fits);
        let records: Vec<_> = records.collect();
        let from = records.last().map_or(iterator.from, |record| record.sequence.next());
        // The iterator of a closed shard ends behind its last record.
        let is_over = self.is_closed(now, shard) && shard.records_from(now, from).next().is_none();
        let next = (!is_over).then(|| json::string(&self.text_of(now, shard, from)));
        let body = Object::new()
            .json("Records", &json::array(records, StreamRecord::client_json))
            .json_if("NextShardIterator", next);
        Ok(Answer::success(body.finish()))
    }

    fn text_of(&self, now: Time, shard: &Shard, from: SequenceNumber) -> String {
        let (stream, shard) = (self.arn.to_string(), shard.id.clone());
        ShardIterator { stream, shard, from, issued_at: now }.text()
    }

    /// True if the shard takes no more records, by itself or because the stream is closed.
    fn is_closed(&self, now: Time, shard: &Shard) -> bool {
        let closed = self.declaration.closed;
        !shard.is_open() || closed.is_some_and(|closed| closed.done_at <= now)
    }
}

impl Shard {
    /// Refuses a position whose record is gone.
    fn check_kept(&self, from: SequenceNumber) -> Result<(), Answer> {
        if from == SequenceNumber::default() || from > self.trimmed {
            return Ok(());
        }
        let message = "The operation attempted to read past the oldest stream record in a shard";
        Err(Answer::error(400, "TrimmedDataAccessException", message))
    }
}

fn no_shard() -> Answer {
    let message = "Requested resource not found: Shard does not exist";
    Answer::error(400, "ResourceNotFoundException", message)
}
