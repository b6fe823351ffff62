//! The table of connections.

use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Region};
use aws_sdk_dynamodb::operation::put_item::{PutItemInput, PutItemOutput};
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_async::time::StaticTimeSource;
use aws_smithy_mocks::{MockResponseInterceptor, RuleMode, create_mock_http_client, mock};
use aws_smithy_types::DateTime;
use lambda_runtime::{Context, LambdaEvent};
use serde_json::{Value, json};
use stormglass_apps::STORMGLASS;
use stormglass_handlers::{Connect, Settings};
use stormglass_sim::App;
use stormglass_sim::stack::Table;

use crate::stack::Stack;
use crate::template::file;

/// The request that the handler of `$connect` makes for the event that `.ci/deployment` sends too.
fn stored() -> PutItemInput {
    let event: Value = serde_json::from_str(&file("tests/events/connect.json")).expect("an event");
    let now_ms = event["requestContext"]["requestTimeEpoch"].as_i64().expect("milliseconds");
    let mut context = Context::default();
    context.deadline = now_ms.cast_unsigned() + 30_000;
    let event = LambdaEvent::new(serde_json::from_value(event).expect("an event"), context);

    let requests = Arc::new(Mutex::new(Vec::new()));
    let record = Arc::clone(&requests);
    let put = mock!(Client::put_item).then_compute_output(move |input| {
        record.lock().expect("nobody panicked").push(input.clone());
        PutItemOutput::builder().build()
    });
    let script = MockResponseInterceptor::new().rule_mode(RuleMode::MatchAny).with_rule(&put);
    let dynamodb = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("eu-central-1"))
        .allow_no_auth()
        .interceptor(script)
        .http_client(create_mock_http_client())
        .sleep_impl(TokioSleep::new())
        .time_source(StaticTimeSource::new(
            DateTime::from_millis(now_ms).try_into().expect("a time after the epoch"),
        ));
    let handler = Connect::new(&Settings::new("connections"), dynamodb);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let response = runtime.expect("a runtime").block_on(handler.handle(event));
    assert_eq!(response.status_code, 200);
    let mut requests = requests.lock().expect("nobody panicked");
    requests.pop().expect("the handler stores a row")
}

#[test]
fn its_key_is_the_connection_and_its_rows_expire() {
    let stack = Stack::by_default();
    assert_eq!(stack.ids("AWS::DynamoDB::Table"), ["Connections"]);
    let table = Table::new("stormglass-connections", "connectionId").expiring_by("expiresAt");
    let (key, expiry) = ("connectionId", "expiresAt");
    assert_eq!(STORMGLASS.stack().tables, [table]);

    let stored = stored();
    let row = stored.item().expect("a row");
    assert!(row[key].is_s(), "{row:?}");
    // TTL reads numbers only, as epoch seconds (FACTS 6.10).
    let expires_at: i64 = row[expiry].as_n().expect("a number").parse().expect("seconds");
    let connected_at: i64 = row["connectedAt"].as_n().expect("a number").parse().expect("ms");
    assert_eq!(expires_at, connected_at / 1_000 + 3 * 60 * 60);
}

#[test]
fn nobody_has_to_size_it() {
    let stack = Stack::by_default();
    let table = stack.properties("Connections");
    assert_eq!(table["BillingMode"], "PAY_PER_REQUEST");
    assert!(table.get("ProvisionedThroughput").is_none());
    let recovery = &table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"];
    assert_eq!(*recovery, json!({"Ref": "PointInTimeRecovery"}));
}
