//! Operations of the control plane on one table.

mod ceilings;
mod created;
mod deleted;
mod described;
mod encrypted;
mod keys_and_indexes;
mod names;
mod nested;
mod tags;
mod time_to_live;
mod updated;

use std::fmt::Debug;
use std::time::Duration;

use serde_json::Value as Json;
use stormglass_spec::Time;

use super::{CreateTable, DeleteTable, DescribeTable, UpdateTable};
use crate::answer::Answer;
use crate::members::Members;
use crate::schema::Definition;
use crate::size::Statistics;
use crate::state::TableState;

/// A table on demand with one key, as members of a request in braces.
const SMALL: &str = r#""AttributeDefinitions":[{"AttributeName":"a","AttributeType":"S"}],
    "KeySchema":[{"AttributeName":"a","KeyType":"HASH"}],"BillingMode":"PAY_PER_REQUEST""#;

/// Like [`SMALL`], with a provisioned throughput of one unit each.
const PROVISIONED: &str = r#""AttributeDefinitions":[{"AttributeName":"a","AttributeType":"S"}],
    "KeySchema":[{"AttributeName":"a","KeyType":"HASH"}],
    "ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1}"#;

/// A table on demand with a global index `by-b`.
const INDEXED: &str = r#""AttributeDefinitions":[{"AttributeName":"a","AttributeType":"S"},
    {"AttributeName":"b","AttributeType":"N"}],
    "KeySchema":[{"AttributeName":"a","KeyType":"HASH"}],"BillingMode":"PAY_PER_REQUEST",
    "GlobalSecondaryIndexes":[{"IndexName":"by-b","Projection":{"ProjectionType":"ALL"},
    "KeySchema":[{"AttributeName":"b","KeyType":"HASH"}]}]"#;

/// One table `conns` and a clock.
struct TestTable {
    definition: Definition,
    state: TableState,
    now: Time,
    takes: Duration,
    /// The description in the answer to the request that created the table.
    created: Json,
}

impl TestTable {
    /// A table that is active at once, from members of a request.
    fn new(members: &str) -> TestTable {
        TestTable::slow(members, Duration::ZERO)
    }

    /// A table whose changes take time.
    fn slow(members: &str, takes: Duration) -> TestTable {
        let request = parsed(CreateTable::parse, &format!(r#"{{"TableName":"conns",{members}}}"#));
        let (definition, state, answer) = request.apply(Time::ZERO, takes);
        let created = json(&answer)["TableDescription"].clone();
        TestTable { definition, state, now: Time::ZERO, takes, created }
    }

    fn wait(&mut self, duration: Duration) {
        self.now = self.now + duration;
        self.state.settle(&mut self.definition, self.now);
    }

    fn describe(&self) -> Json {
        let request = parsed(DescribeTable::parse, r#"{"TableName":"conns"}"#);
        let statistics = Statistics::default();
        json(&request.apply(&self.definition, &self.state, &statistics, self.now))["Table"].clone()
    }

    /// Changes the table by members of a request, and returns its description or the refusal.
    fn update(&mut self, members: &str) -> Result<Json, Answer> {
        let body = body(&format!(r#"{{"TableName":"conns",{members}}}"#));
        let request = UpdateTable::parse(&mut Members::new(&body)?)?;
        let (definition, state) = (&mut self.definition, &mut self.state);
        let statistics = Statistics::default();
        let answer = request.apply(definition, state, &statistics, self.now, self.takes)?;
        self.state.settle(&mut self.definition, self.now);
        Ok(json(&answer)["TableDescription"].clone())
    }

    /// The message of the refusal of a change.
    fn update_refusal(&mut self, members: &str) -> String {
        message(&self.update(members).expect_err("the update is refused"))
    }

    fn delete(&mut self) -> Result<Json, Answer> {
        let request = parsed(DeleteTable::parse, r#"{"TableName":"conns"}"#);
        let statistics = Statistics::default();
        let (definition, state) = (&self.definition, &mut self.state);
        let answer = request.apply(definition, state, &statistics, self.now, self.takes)?;
        Ok(json(&answer)["TableDescription"].clone())
    }
}

fn body(text: &str) -> Json {
    serde_json::from_str(text).expect("the request is JSON")
}

fn json(answer: &Answer) -> Json {
    assert_eq!(answer.status, 200, "{}", answer.body);
    body(&answer.body)
}

/// Parses a sound request.
fn parsed<T: Debug>(parse: impl FnOnce(&mut Members<'_>) -> Result<T, Answer>, request: &str) -> T {
    let body = body(request);
    let mut members = Members::new(&body).expect("the request is an object");
    parse(&mut members).expect("the request is sound")
}

/// The answer to a request that is refused before any table is looked up.
fn refusal<T: Debug>(
    parse: impl FnOnce(&mut Members<'_>) -> Result<T, Answer>,
    request: &str,
) -> Answer {
    let body = body(request);
    let mut members = Members::new(&body).expect("the request is an object");
    parse(&mut members).expect_err("the request is refused")
}

/// The message of an error, whatever its code.
fn message(answer: &Answer) -> String {
    assert_eq!(answer.status, 400, "{}", answer.body);
    let body = body(&answer.body);
    let message = body.get("message").or(body.get("Message"));
    message.and_then(Json::as_str).unwrap_or_default().to_owned()
}

/// The message of a refused `CreateTable` with these members besides the name.
fn create_refusal(members: &str) -> String {
    message(&refusal(CreateTable::parse, &format!(r#"{{"TableName":"conns",{members}}}"#)))
}

fn code(answer: &Answer) -> &str {
    answer.error_type.as_deref().unwrap_or_default()
}
