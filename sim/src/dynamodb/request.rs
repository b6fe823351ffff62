//! Requests, checked as far as that is possible without the table.

use std::fmt;
use std::sync::Arc;

use serde_json::Value as Json;

use super::DynamoDb;
use super::answer::Answer;
use super::expression::{Condition, Placeholders, Projection};
use super::item::ITEM_BYTES_MAX;
use super::json;
use super::members::Members;
use super::scan::{Scan, Segment};
use super::value::Value;
use super::write::{Delete, Put, WriteOptions};

const API: &str = "DynamoDB_20120810";

/// The most segments of a parallel scan (FACTS 6.7).
const SEGMENTS_MAX: i64 = 1_000_000;

/// Operations on data that AWS has and this model does not.
const NOT_MODELLED: [&str; 11] = [
    "BatchExecuteStatement",
    "BatchGetItem",
    "BatchWriteItem",
    "DescribeTable",
    "ExecuteStatement",
    "ExecuteTransaction",
    "GetItem",
    "Query",
    "TransactGetItems",
    "TransactWriteItems",
    "UpdateItem",
];

/// A sound request.
#[derive(Clone, Debug)]
pub struct Request {
    body: Json,
    table: String,
    action: Action,
}

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    /// `PutItem`
    Put,
    /// `DeleteItem`
    Delete,
    /// `Scan`
    Scan,
}

#[derive(Clone, Debug)]
pub(super) enum Action {
    Put(Put),
    Delete(Delete),
    Scan(Scan),
}

impl Request {
    /// Reads a request from its `x-amz-target` and its body, or says what is wrong with it.
    ///
    /// What the model cannot do is refused with [`super::UNSUPPORTED`]. Where several things are
    /// wrong, which of them AWS complains about first is followed only roughly.
    pub fn parse(target: &str, body: &[u8]) -> Result<Request, Answer> {
        let body: Json = serde_json::from_slice(body).map_err(|_| Answer::serialization(None))?;
        let operation = match target.split_once('.') {
            Some((API, operation)) => operation,
            _ => return Err(Answer::unknown_operation()),
        };
        let mut members = Members::new(&body)?;
        let (table, action) = match operation {
            "PutItem" => parse_put(&mut members)?,
            "DeleteItem" => parse_delete(&mut members)?,
            "Scan" => parse_scan(&mut members)?,
            other if NOT_MODELLED.contains(&other) => return Err(Answer::unsupported(other)),
            _ => return Err(Answer::unknown_operation()),
        };
        Ok(Request { body, table, action })
    }

    /// What the request asks for.
    pub fn operation(&self) -> Operation {
        match self.action {
            Action::Put(_) => Operation::Put,
            Action::Delete(_) => Operation::Delete,
            Action::Scan(_) => Operation::Scan,
        }
    }

    /// The name of the table, whether or not there is one.
    pub fn table(&self) -> &str {
        &self.table
    }

    /// The partition key of the one row that the request is about.
    ///
    /// None for a scan, for a table that does not exist and where the key is missing or no string.
    pub fn key<'a>(&'a self, db: &DynamoDb) -> Option<&'a str> {
        let item = match &self.action {
            Action::Put(put) => &put.item,
            Action::Delete(delete) => &delete.key,
            Action::Scan(_) => return None,
        };
        item.value(db.partition_key(&self.table)?).and_then(Value::as_str)
    }

    /// Whether the request reads consistently (FACTS 6.4); writes do not read in that sense.
    pub fn is_consistent(&self) -> bool {
        match &self.action {
            Action::Put(_) | Action::Delete(_) => false,
            Action::Scan(scan) => scan.consistent,
        }
    }

    /// Whether the request is a scan that goes on where an earlier page ended.
    pub fn is_continued(&self) -> bool {
        matches!(&self.action, Action::Scan(scan) if scan.start.is_some())
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

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Operation::Put => "PutItem",
            Operation::Delete => "DeleteItem",
            Operation::Scan => "Scan",
        })
    }
}

fn parse_put(members: &mut Members<'_>) -> Result<(String, Action), Answer> {
    members.refuse("PutItem", &["Expected", "ConditionalOperator"])?;
    let table = members.table()?;
    let item = members.required_item("Item")?;
    let options = parse_write_options(members)?;
    if item.bytes() > ITEM_BYTES_MAX {
        return Err(Answer::validation("Item size has exceeded the maximum allowed size"));
    }
    Ok((table, Action::Put(Put { item: Arc::new(item), options })))
}

fn parse_delete(members: &mut Members<'_>) -> Result<(String, Action), Answer> {
    members.refuse("DeleteItem", &["Expected", "ConditionalOperator"])?;
    let table = members.table()?;
    let key = members.required_item("Key")?;
    let options = parse_write_options(members)?;
    Ok((table, Action::Delete(Delete { key, options })))
}

fn parse_write_options(members: &mut Members<'_>) -> Result<WriteOptions, Answer> {
    let words = ["ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW"];
    let returns = members.one_of("ReturnValues", &words)?;
    let failure = "ReturnValuesOnConditionCheckFailure";
    let returns_on_failure = members.one_of(failure, &["ALL_OLD", "NONE"])?;
    // Only tables with local indexes have item collections, and there are no indexes here.
    members.one_of("ReturnItemCollectionMetrics", &["SIZE", "NONE"])?;
    let capacity = members.capacity()?;
    members.check()?;
    if !matches!(returns, None | Some("NONE" | "ALL_OLD")) {
        return Err(Answer::validation("ReturnValues can only be ALL_OLD or NONE"));
    }
    let mut placeholders = Placeholders::read(members, &["ConditionExpression"])?;
    let condition = Condition::read(members, "ConditionExpression", &mut placeholders)?;
    placeholders.check_all_used()?;
    Ok(WriteOptions {
        condition,
        returns_old: returns == Some("ALL_OLD"),
        returns_old_on_failure: returns_on_failure == Some("ALL_OLD"),
        capacity,
    })
}

fn parse_scan(members: &mut Members<'_>) -> Result<(String, Action), Answer> {
    let legacy = ["ScanFilter", "ConditionalOperator", "AttributesToGet"];
    members.refuse("Scan", &["IndexName"])?;
    members.refuse("Scan", &legacy)?;
    let table = members.table()?;
    let words = ["SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES"];
    let select = members.one_of("Select", &words)?;
    let limit = members.integer("Limit", 1, i64::from(i32::MAX))?;
    let index = members.integer("Segment", 0, SEGMENTS_MAX - 1)?;
    let total = members.integer("TotalSegments", 1, SEGMENTS_MAX)?;
    let consistent = members.flag("ConsistentRead")?;
    let capacity = members.capacity()?;
    members.check()?;
    let start = members.item("ExclusiveStartKey", |message| {
        format!("The provided starting key is invalid: {message}")
    })?;
    let segment = segment(index, total)?;
    let expressions = ["ProjectionExpression", "FilterExpression"];
    let mut placeholders = Placeholders::read(members, &expressions)?;
    let filter = Condition::read(members, "FilterExpression", &mut placeholders)?;
    let projection = Projection::read(members, "ProjectionExpression", &mut placeholders)?;
    placeholders.check_all_used()?;
    check_select(select, projection.is_some())?;
    let scan = Scan {
        start,
        limit: limit.and_then(|limit| usize::try_from(limit).ok()),
        filter,
        projection,
        counts_only: select == Some("COUNT"),
        consistent,
        segment,
        capacity,
    };
    Ok((table, Action::Scan(scan)))
}

/// Both or none, and the index is less than the total (FACTS 6.7).
fn segment(index: Option<u32>, total: Option<u32>) -> Result<Option<Segment>, Answer> {
    let message = match (index, total) {
        (None, None) => return Ok(None),
        (Some(index), Some(total)) if index < total => return Ok(Some(Segment { index, total })),
        (Some(index), Some(total)) => format!(
            "The Segment parameter is zero-based and must be less than parameter TotalSegments: \
             Segment: {index} is not less than TotalSegments: {total}"
        ),
        (Some(_), None) => "The TotalSegments parameter is required but was not present in the \
                            request when Segment parameter is present"
            .to_owned(),
        (None, Some(_)) => "The Segment parameter is required but was not present in the request \
                            when parameter TotalSegments is present"
            .to_owned(),
    };
    Err(Answer::validation(&message))
}

fn check_select(select: Option<&str>, projects: bool) -> Result<(), Answer> {
    let message = match (select, projects) {
        (Some("ALL_PROJECTED_ATTRIBUTES"), _) => {
            "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName"
        }
        (Some("ALL_ATTRIBUTES"), true) => {
            "Cannot specify the ProjectionExpression when choosing to get ALL_ATTRIBUTES"
        }
        (Some("COUNT"), true) => {
            "Cannot specify the ProjectionExpression when choosing to get only the Count"
        }
        (Some("SPECIFIC_ATTRIBUTES"), false) => {
            "Must specify the AttributesToGet or ProjectionExpression when choosing to get \
             SPECIFIC_ATTRIBUTES"
        }
        _ => return Ok(()),
    };
    Err(Answer::validation(message))
}
