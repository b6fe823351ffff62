//! Requests, checked as far as no table is needed.

use std::fmt;

use serde_json::Value as Json;

use crate::answer::Answer;
use crate::control::ControlCommand;
use crate::item::Item;
use crate::json;
use crate::members::Members;
use crate::operations::{
    BatchGet, BatchWrite, Get, Query, Scan, SingleWrite, TransactGet, TransactWrite, Write,
};
use crate::stream_api::StreamCommand;

const API: &str = "DynamoDB_20120810";
const STREAMS: &str = "DynamoDBStreams_20120810";

/// The operations that AWS has and the model lacks.
const NOT_MODELLED: [&str; 36] = [
    "BatchExecuteStatement",
    "CreateBackup",
    "CreateGlobalTable",
    "DeleteBackup",
    "DeleteResourcePolicy",
    "DescribeBackup",
    "DescribeContinuousBackups",
    "DescribeContributorInsights",
    "DescribeExport",
    "DescribeGlobalTable",
    "DescribeGlobalTableSettings",
    "DescribeImport",
    "DescribeKinesisStreamingDestination",
    "DescribeTableReplicaAutoScaling",
    "DisableKinesisStreamingDestination",
    "EnableKinesisStreamingDestination",
    "ExecuteStatement",
    "ExecuteTransaction",
    "ExportTableToPointInTime",
    "GetResourcePolicy",
    "ImportTable",
    "ListBackups",
    "ListContributorInsights",
    "ListExports",
    "ListGlobalTables",
    "ListImports",
    "PutResourcePolicy",
    "RestoreTableFromBackup",
    "RestoreTableToPointInTime",
    "SearchVectors",
    "UpdateContinuousBackups",
    "UpdateContributorInsights",
    "UpdateGlobalTable",
    "UpdateGlobalTableSettings",
    "UpdateKinesisStreamingDestination",
    "UpdateTableReplicaAutoScaling",
];

/// A sound request.
#[derive(Clone, Debug)]
pub struct Request {
    body: Json,
    operation: Operation,
    command: Command,
}

/// The operation of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    /// `GetItem`
    Get,
    /// `PutItem`
    Put,
    /// `UpdateItem`
    Update,
    /// `DeleteItem`
    Delete,
    /// `Query`
    Query,
    /// `Scan`
    Scan,
    /// `BatchGetItem`
    BatchGet,
    /// `BatchWriteItem`
    BatchWrite,
    /// `TransactGetItems`
    TransactGet,
    /// `TransactWriteItems`
    TransactWrite,
    /// An operation of the control plane, by its name.
    Control(&'static str),
    /// An operation of the streams API, by its name.
    Stream(&'static str),
}

/// A parsed operation with its parameters.
#[derive(Clone, Debug)]
pub(super) enum Command {
    Get(Get),
    Single(SingleWrite),
    Query(Query),
    Scan(Scan),
    BatchGet(BatchGet),
    BatchWrite(BatchWrite),
    TransactGet(TransactGet),
    TransactWrite(TransactWrite),
    Control(ControlCommand),
    Stream(StreamCommand),
}

impl Request {
    /// Parses a request from its `x-amz-target` and its body.
    ///
    /// # Errors
    ///
    /// If AWS refuses the request before it looks at a table: the answer of AWS. If the model lacks
    /// the operation or a member of it: an answer with [`Answer::is_unsupported`].
    pub fn parse(target: &str, body: &[u8]) -> Result<Request, Answer> {
        let body: Json = serde_json::from_slice(body).map_err(|_| Answer::serialization(None))?;
        let operation = Operation::parse(target)?;
        let mut members = Members::new(&body)?;
        let members = &mut members;
        let command = match operation {
            Operation::Get => Command::Get(Get::parse(members)?),
            Operation::Put => Command::Single(SingleWrite::parse_put(members)?),
            Operation::Update => Command::Single(SingleWrite::parse_update(members)?),
            Operation::Delete => Command::Single(SingleWrite::parse_delete(members)?),
            Operation::Query => Command::Query(Query::parse(members)?),
            Operation::Scan => Command::Scan(Scan::parse(members)?),
            Operation::BatchGet => Command::BatchGet(BatchGet::parse(members)?),
            Operation::BatchWrite => Command::BatchWrite(BatchWrite::parse(members)?),
            Operation::TransactGet => Command::TransactGet(TransactGet::parse(members)?),
            Operation::TransactWrite => Command::TransactWrite(TransactWrite::parse(members)?),
            Operation::Control(name) => Command::Control(ControlCommand::parse(name, members)?),
            Operation::Stream(name) => Command::Stream(StreamCommand::parse(name, members)?),
        };
        Ok(Request { body, operation, command })
    }

    /// The operation of the request.
    pub fn operation(&self) -> Operation {
        self.operation
    }

    /// The name of the table, or of the first of several. The table may not exist.
    ///
    /// None for the operations of the control plane that name no table.
    pub fn table(&self) -> Option<&str> {
        match &self.command {
            Command::Query(query) => Some(&query.options.table),
            Command::Scan(scan) => Some(&scan.options.table),
            Command::Control(control) => control.table(),
            Command::Stream(stream) => stream.table(),
            _ => self.rows().first().map(|(table, _)| *table),
        }
    }

    /// The index that a query or a scan reads.
    pub(super) fn index(&self) -> Option<&str> {
        match &self.command {
            Command::Query(query) => query.options.index.as_deref(),
            Command::Scan(scan) => scan.options.index.as_deref(),
            _ => None,
        }
    }

    /// The number of rows that the request names.
    pub(super) fn rows_count(&self) -> usize {
        self.rows().len()
    }

    /// The rows that the request names: the table of each, and an item that holds its key.
    pub(super) fn rows(&self) -> Vec<(&str, &Item)> {
        match &self.command {
            Command::Get(get) => vec![(&get.table, &get.key)],
            Command::Single(single) => vec![single.write.row()],
            Command::BatchGet(batch) => batch.keys().collect(),
            Command::BatchWrite(batch) => batch.writes().map(Write::row).collect(),
            Command::TransactGet(transact) => transact.keys().collect(),
            Command::TransactWrite(transact) => transact.writes().map(Write::row).collect(),
            Command::Query(_) | Command::Scan(_) | Command::Control(_) | Command::Stream(_) => {
                Vec::new()
            }
        }
    }

    /// True for strongly consistent reads (FACTS 6.4); false for other reads and for writes.
    pub fn is_consistent(&self) -> bool {
        match &self.command {
            Command::Get(get) => get.consistent,
            Command::Single(..) => false,
            Command::Query(query) => query.options.consistent,
            Command::Scan(scan) => scan.options.consistent,
            Command::BatchGet(batch) => batch.is_consistent(),
            Command::TransactGet(_) => true,
            Command::BatchWrite(_)
            | Command::TransactWrite(_)
            | Command::Control(_)
            | Command::Stream(_) => false,
        }
    }

    /// True for a query or a scan that continues behind an earlier page.
    pub fn is_continued(&self) -> bool {
        match &self.command {
            Command::Query(query) => query.options.start.is_some(),
            Command::Scan(scan) => scan.options.start.is_some(),
            _ => false,
        }
    }

    /// Returns the body of the request.
    pub fn body(&self) -> &Json {
        &self.body
    }

    /// The body with the keys of every object sorted: equal for equal requests.
    pub fn canonical(&self) -> String {
        let mut out = String::new();
        json::write_sorted(&mut out, &self.body);
        out
    }

    pub(super) fn command(&self) -> &Command {
        &self.command
    }
}

impl Operation {
    /// The operations on items.
    const ON_ITEMS: [Operation; 10] = [
        Operation::Get,
        Operation::Put,
        Operation::Update,
        Operation::Delete,
        Operation::Query,
        Operation::Scan,
        Operation::BatchGet,
        Operation::BatchWrite,
        Operation::TransactGet,
        Operation::TransactWrite,
    ];

    /// Parses the operation of an `x-amz-target`.
    fn parse(target: &str) -> Result<Operation, Answer> {
        let name = match target.split_once('.') {
            Some((API, name)) => name,
            Some((STREAMS, name)) => return Operation::parse_stream(name),
            _ => return Err(Answer::unknown_operation()),
        };
        let on_items = Operation::ON_ITEMS.into_iter();
        let on_tables = ControlCommand::NAMES.into_iter().map(Operation::Control);
        match on_items.chain(on_tables).find(|operation| operation.name() == name) {
            Some(operation) => Ok(operation),
            None if NOT_MODELLED.contains(&name) => Err(Answer::unsupported_operation(name)),
            None => Err(Answer::unknown_operation()),
        }
    }

    /// Parses the name of an operation of the streams API.
    fn parse_stream(name: &str) -> Result<Operation, Answer> {
        let operation = StreamCommand::NAMES.into_iter().find(|known| *known == name);
        operation.map(Operation::Stream).ok_or_else(Answer::unknown_operation)
    }

    /// The name of the operation on AWS.
    pub fn name(self) -> &'static str {
        match self {
            Operation::Get => "GetItem",
            Operation::Put => "PutItem",
            Operation::Update => "UpdateItem",
            Operation::Delete => "DeleteItem",
            Operation::Query => "Query",
            Operation::Scan => "Scan",
            Operation::BatchGet => "BatchGetItem",
            Operation::BatchWrite => "BatchWriteItem",
            Operation::TransactGet => "TransactGetItems",
            Operation::TransactWrite => "TransactWriteItems",
            Operation::Control(name) | Operation::Stream(name) => name,
        }
    }

    /// True if the operation can change rows or tables.
    pub fn writes(self) -> bool {
        match self {
            Operation::Put
            | Operation::Update
            | Operation::Delete
            | Operation::BatchWrite
            | Operation::TransactWrite => true,
            Operation::Get
            | Operation::Query
            | Operation::Scan
            | Operation::BatchGet
            | Operation::TransactGet
            | Operation::Stream(_) => false,
            Operation::Control(name) => !name.starts_with("Describe") && !name.starts_with("List"),
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
