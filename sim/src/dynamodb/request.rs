//! Requests, checked as far as that is possible without the table.

use std::fmt;

use serde_json::Value as Json;

use super::DynamoDb;
use super::answer::Answer;
use super::json;
use super::members::Members;
use super::operations::{Get, Query, Scan, Single};

const API: &str = "DynamoDB_20120810";

/// Operations on data that AWS has and this model does not.
const NOT_MODELLED: [&str; 8] = [
    "BatchExecuteStatement",
    "BatchGetItem",
    "BatchWriteItem",
    "DescribeTable",
    "ExecuteStatement",
    "ExecuteTransaction",
    "TransactGetItems",
    "TransactWriteItems",
];

/// A sound request.
#[derive(Clone, Debug)]
pub struct Request {
    body: Json,
    action: Action,
}

/// What a request asks for.
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
}

#[derive(Clone, Debug)]
pub(super) enum Action {
    Get(Get),
    Single(Operation, Single),
    Query(Query),
    Scan(Scan),
}

impl Request {
    /// Reads a request from its `x-amz-target` and its body, or says what is wrong with it.
    ///
    /// What the model cannot do is refused with [`super::UNSUPPORTED`].
    pub fn parse(target: &str, body: &[u8]) -> Result<Request, Answer> {
        let body: Json = serde_json::from_slice(body).map_err(|_| Answer::serialization(None))?;
        let operation = match target.split_once('.') {
            Some((API, operation)) => operation,
            _ => return Err(Answer::unknown_operation()),
        };
        let mut members = Members::new(&body)?;
        let action = match operation {
            "GetItem" => Action::Get(Get::parse(&mut members)?),
            "PutItem" => Action::Single(Operation::Put, Single::parse_put(&mut members)?),
            "UpdateItem" => Action::Single(Operation::Update, Single::parse_update(&mut members)?),
            "DeleteItem" => Action::Single(Operation::Delete, Single::parse_delete(&mut members)?),
            "Query" => Action::Query(Query::parse(&mut members)?),
            "Scan" => Action::Scan(Scan::parse(&mut members)?),
            other if NOT_MODELLED.contains(&other) => return Err(Answer::unsupported(other)),
            _ => return Err(Answer::unknown_operation()),
        };
        Ok(Request { body, action })
    }

    /// What the request asks for.
    pub fn operation(&self) -> Operation {
        match &self.action {
            Action::Get(_) => Operation::Get,
            Action::Single(operation, _) => *operation,
            Action::Query(_) => Operation::Query,
            Action::Scan(_) => Operation::Scan,
        }
    }

    /// The name of the table, whether or not there is one.
    pub fn table(&self) -> &str {
        match &self.action {
            Action::Get(get) => &get.table,
            Action::Single(_, single) => &single.write.table,
            Action::Query(query) => &query.options.table,
            Action::Scan(scan) => &scan.options.table,
        }
    }

    /// The key of the one row that the request is about, as text.
    ///
    /// None for a query and a scan, for a table that does not exist and where the key is not one
    /// of the table.
    pub fn key(&self, db: &DynamoDb) -> Option<String> {
        let item = match &self.action {
            Action::Get(get) => &get.key,
            Action::Single(_, single) => single.write.key_item(),
            Action::Query(_) | Action::Scan(_) => return None,
        };
        db.key_schema(self.table())?.key_if_any(item).map(|key| key.to_string())
    }

    /// Whether the request reads consistently (FACTS 6.4); writes do not read in that sense.
    pub fn is_consistent(&self) -> bool {
        match &self.action {
            Action::Get(get) => get.consistent,
            Action::Single(..) => false,
            Action::Query(query) => query.options.consistent,
            Action::Scan(scan) => scan.options.consistent,
        }
    }

    /// Whether the request is a query or a scan that goes on where an earlier page ended.
    pub fn is_continued(&self) -> bool {
        match &self.action {
            Action::Get(_) | Action::Single(..) => false,
            Action::Query(query) => query.options.start.is_some(),
            Action::Scan(scan) => scan.options.start.is_some(),
        }
    }

    /// The body with the keys of every object sorted, the same for every order that it came in.
    pub fn canonical(&self) -> String {
        let mut out = String::new();
        json::write_sorted(&mut out, &self.body);
        out
    }

    pub(super) fn action(&self) -> &Action {
        &self.action
    }
}

impl Operation {
    /// Whether the operation changes rows.
    pub fn writes(self) -> bool {
        match self {
            Operation::Put | Operation::Update | Operation::Delete => true,
            Operation::Get | Operation::Query | Operation::Scan => false,
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Operation::Get => "GetItem",
            Operation::Put => "PutItem",
            Operation::Update => "UpdateItem",
            Operation::Delete => "DeleteItem",
            Operation::Query => "Query",
            Operation::Scan => "Scan",
        })
    }
}
