//! Short notations for tables, items and answers.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value as Json;
use stormglass_spec::Time;

use super::{Account, message};
use crate::{Answer, DynamoDb, Limits, ReplicaView, Request};

impl Account {
    /// A table `one` with these keys and indexes; see [`declaration`].
    pub(super) fn with_table(keys: &str, indexes: &[&str]) -> Account {
        Account::with_limited_table(Limits::default(), keys, indexes)
    }

    pub(super) fn with_limited_table(limits: Limits, keys: &str, indexes: &[&str]) -> Account {
        let db = DynamoDb::new(limits);
        let mut account = Account { db, now: Time::ZERO, read: ReplicaView::Fresh };
        account.create("one", keys, indexes);
        account
    }

    pub(super) fn create(&mut self, table: &str, keys: &str, indexes: &[&str]) {
        self.done("CreateTable", &declaration(table, keys, indexes));
    }

    /// Puts an item into the table `one`.
    pub(super) fn hold(&mut self, item: &str) {
        self.done("PutItem", &format!(r#"{{"TableName":"one","Item":{}}}"#, item_json(item)));
    }

    /// Removes a row from the table `one`.
    pub(super) fn drop_row(&mut self, key: &str) {
        self.done("DeleteItem", &format!(r#"{{"TableName":"one","Key":{}}}"#, item_json(key)));
    }

    /// Changes a row of the table `one` with values for an update expression.
    pub(super) fn change(&mut self, key: &str, update: &str, values: &str) {
        let key = item_json(key);
        let body = format!(r#"{{"TableName":"one","Key":{key},"UpdateExpression":"{update}""#);
        let values = match values {
            "" => String::new(),
            values => format!(r#","ExpressionAttributeValues":{}"#, item_json(values)),
        };
        self.done("UpdateItem", &format!("{body}{values}}}"));
    }

    /// The body of the answer to a request that is carried out.
    pub(super) fn done(&mut self, operation: &str, body: &str) -> Json {
        let answer = self.ask(operation, body);
        assert_eq!(answer.status, 200, "{}", answer.body);
        json(&answer)
    }

    /// The message of the validation that refuses a request.
    pub(super) fn refused(&mut self, operation: &str, body: &str) -> String {
        message("ValidationException", &self.ask(operation, body))
    }

    /// True if the answer to a request is that there is no such table.
    pub(super) fn finds_no_table(&mut self, operation: &str, body: &str) -> bool {
        self.ask(operation, body).error_type.as_deref() == Some("ResourceNotFoundException")
    }

    /// The items of a query of the table `one`, by a condition and its values.
    pub(super) fn query(&mut self, condition: &str, values: &str, more: &str) -> Vec<String> {
        let body = self.done("Query", &query(condition, values, more));
        shown_all(&body["Items"])
    }

    /// The items of a scan of the table `one`.
    pub(super) fn scan_of(&mut self, more: &str) -> Vec<String> {
        let body = self.done("Scan", &format!(r#"{{"TableName":"one"{more}}}"#));
        shown_all(&body["Items"])
    }

    /// The consumed capacity in an answer, with the shares of the indexes.
    pub(super) fn consumed(&mut self, operation: &str, members: &str) -> String {
        let body = format!(r#"{{{members},"ReturnConsumedCapacity":"INDEXES"}}"#);
        consumed(&self.done(operation, &body)["ConsumedCapacity"])
    }

    /// Answers a request for which there is no capacity.
    pub(super) fn throttle(&mut self, operation: &str, body: &str, draw: u64) -> Answer {
        let request = request(operation, body);
        self.db.throttle(self.now, &request, self.read, draw)
    }

    pub(super) fn wait_s(&mut self, seconds: u64) {
        self.now = self.now + Duration::from_secs(seconds);
    }
}

pub(super) fn request(operation: &str, body: &str) -> Request {
    let target = format!("DynamoDB_20120810.{operation}");
    Request::parse(&target, body.as_bytes()).expect("the request is sound")
}

/// A query of the table `one`.
pub(super) fn query(condition: &str, values: &str, more: &str) -> String {
    format!(
        r#"{{"TableName":"one","KeyConditionExpression":"{condition}",
            "ExpressionAttributeValues":{}{more}}}"#,
        item_json(values)
    )
}

/// The members of a request for one row of the table `one`, as JSON.
pub(super) fn row(key: &str) -> String {
    format!(r#""TableName":"one","Key":{}"#, item_json(key))
}

/// The body of a `CreateTable`.
///
/// Keys are `name:TYPE`, the partition key first. An index is `global name key key projection` or
/// `local ...`, and a projection is `ALL`, `KEYS_ONLY` or `INCLUDE=name,name`.
pub(super) fn declaration(table: &str, keys: &str, indexes: &[&str]) -> String {
    let mut attributes = BTreeMap::new();
    let mut body = format!(
        r#"{{"TableName":"{table}","BillingMode":"PAY_PER_REQUEST","KeySchema":{}"#,
        key_schema(keys.split(' '), &mut attributes)
    );
    for (scope, member) in
        [("global ", "GlobalSecondaryIndexes"), ("local ", "LocalSecondaryIndexes")]
    {
        let of_scope = indexes.iter().filter_map(|index| index.strip_prefix(scope));
        let list: Vec<_> = of_scope.map(|text| index(text, &mut attributes)).collect();
        if !list.is_empty() {
            body.push_str(&format!(r#","{member}":[{}]"#, list.join(",")));
        }
    }
    format!(r#"{body},"AttributeDefinitions":{}}}"#, definitions(&attributes))
}

/// The body of an `UpdateTable` that creates a global index, declared without its scope.
pub(super) fn index_creation(table: &str, text: &str) -> String {
    let mut attributes = BTreeMap::new();
    let index = index(text, &mut attributes);
    let definitions = definitions(&attributes);
    format!(
        r#"{{"TableName":"{table}","AttributeDefinitions":{definitions},
            "GlobalSecondaryIndexUpdates":[{{"Create":{index}}}]}}"#
    )
}

fn index(text: &str, attributes: &mut BTreeMap<String, String>) -> String {
    let words: Vec<_> = text.split(' ').collect();
    let [name, keys @ .., projection] = words.as_slice() else { panic!("no index: {text}") };
    let projection = match projection.strip_prefix("INCLUDE=") {
        None => format!(r#"{{"ProjectionType":"{projection}"}}"#),
        Some(names) => {
            let names = names.replace(',', "\",\"");
            format!(r#"{{"ProjectionType":"INCLUDE","NonKeyAttributes":["{names}"]}}"#)
        }
    };
    let keys = key_schema(keys.iter().copied(), attributes);
    format!(r#"{{"IndexName":"{name}","KeySchema":{keys},"Projection":{projection}}}"#)
}

fn key_schema<'a>(
    keys: impl Iterator<Item = &'a str>,
    attributes: &mut BTreeMap<String, String>,
) -> String {
    let parts = keys.zip(["HASH", "RANGE"]).map(|(key, role)| {
        let (name, kind) = key.split_once(':').expect("a key has a type");
        attributes.insert(name.to_owned(), kind.to_owned());
        format!(r#"{{"AttributeName":"{name}","KeyType":"{role}"}}"#)
    });
    format!("[{}]", parts.collect::<Vec<_>>().join(","))
}

fn definitions(attributes: &BTreeMap<String, String>) -> String {
    let define = |(name, kind)| format!(r#"{{"AttributeName":"{name}","AttributeType":"{kind}"}}"#);
    format!("[{}]", attributes.iter().map(define).collect::<Vec<_>>().join(","))
}

/// The JSON of an item in the notation `name=TYPE:value name=TYPE:value`.
pub(super) fn item_json(item: &str) -> String {
    let attribute = |text: &str| {
        let (name, value) = text.split_once('=').expect("an attribute has a value");
        let (kind, value) = value.split_once(':').expect("a value has a type");
        format!(r#""{name}":{{"{kind}":"{value}"}}"#)
    };
    let attributes: Vec<_> = item.split_whitespace().map(attribute).collect();
    format!("{{{}}}", attributes.join(","))
}

/// The notation of [`item_json`] for the JSON of an item, with the names in order.
pub(super) fn shown(item: &Json) -> String {
    let item = item.as_object().expect("an item is an object");
    let mut attributes: Vec<_> = item
        .iter()
        .map(|(name, value)| {
            let (kind, value) = value
                .as_object()
                .and_then(|value| value.iter().next())
                .expect("a value is an object with one member");
            format!("{name}={kind}:{}", value.as_str().unwrap_or_default())
        })
        .collect();
    attributes.sort_unstable();
    attributes.join(" ")
}

pub(super) fn shown_all(items: &Json) -> Vec<String> {
    items.as_array().expect("a list of items").iter().map(shown).collect()
}

/// The body of an answer.
pub(super) fn json(answer: &Answer) -> Json {
    serde_json::from_str(&answer.body).expect("the body is JSON")
}

/// The units that a `ConsumedCapacity` names, as `total table=units index=units`.
pub(super) fn consumed(capacity: &Json) -> String {
    let units = |part: &Json| part["CapacityUnits"].to_string();
    let mut parts = vec![units(capacity), format!("table={}", units(&capacity["Table"]))];
    for (member, mark) in [("GlobalSecondaryIndexes", "global"), ("LocalSecondaryIndexes", "local")]
    {
        let mut indexes: Vec<_> = capacity[member]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, part)| format!("{mark}:{name}={}", units(part)))
            .collect();
        indexes.sort_unstable();
        parts.extend(indexes);
    }
    parts.join(" ")
}
