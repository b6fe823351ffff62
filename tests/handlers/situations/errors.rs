//! Everything that can go wrong with a call, and how each answer is taken.

use aws_lambda_events::apigw::ApiGatewayProxyResponse;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::json;
use stormglass_handlers::{Broadcast, Connect, Disconnect};
use stormglass_tests::assert_snapshot;

use super::Table;
use super::wire::{Answer, Service};
use crate::support::{connect, disconnect, dynamodb_at, management_at, message, settings};

/// A row whose connection is past its handshake.
const OLD_ROW: &str =
    r#"{"Items":[{"connectionId":{"S":"old="},"connectedAt":{"N":"1700000000000"}}]}"#;

/// The same row, and more to come.
const FIRST_PAGE: &str = r#"{"Items":[{"connectionId":{"S":"old="},"connectedAt":{"N":"1700000000000"}}],"LastEvaluatedKey":{"connectionId":{"S":"old="}}}"#;

/// The errors of DynamoDB (FACTS 6.2), and the failures on the way.
fn failures_of_the_table() -> Vec<(String, Answer)> {
    let errors = [
        (
            400,
            r#"{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException","message":"The level of configured provisioned throughput for the table was exceeded.","throttlingReasons":[{"reason":"TableWriteProvisionedThroughputExceeded","resource":"arn:aws:dynamodb:eu-central-1:123456789012:table/secret-table"}]}"#,
        ),
        (
            400,
            r#"{"__type":"com.amazon.coral.availability#ThrottlingException","message":"Rate of requests exceeds the allowed throughput."}"#,
        ),
        (
            400,
            r#"{"__type":"com.amazonaws.dynamodb.v20120810#RequestLimitExceeded","message":"Throughput exceeds the current throughput limit for your account."}"#,
        ),
        (
            500,
            r#"{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":"Internal server error"}"#,
        ),
        (503, ""),
        (
            400,
            r#"{"__type":"com.amazonaws.dynamodb.v20120810#TransactionConflictException","message":"Transaction is ongoing for the item"}"#,
        ),
        (
            400,
            r#"{"__type":"com.amazonaws.dynamodb.v20120810#ReplicatedWriteConflictException","message":"One or more items in this request are being modified by a request in another Region."}"#,
        ),
        (
            400,
            r#"{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","message":"The conditional request failed"}"#,
        ),
        (
            400,
            r#"{"__type":"com.amazon.coral.validate#ValidationException","message":"One or more parameter values were invalid"}"#,
        ),
        (
            400,
            r#"{"__type":"com.amazonaws.dynamodb.v20120810#ItemCollectionSizeLimitExceededException","message":"Collection size exceeded."}"#,
        ),
        (
            400,
            r#"{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"Requested resource not found: Table: secret-table not found"}"#,
        ),
        (
            400,
            r#"{"__type":"com.amazonaws.dynamodb.v20120810#InvalidEndpointException","message":"The endpoint is not valid."}"#,
        ),
        (
            400,
            r#"{"__type":"com.amazon.coral.service#AccessDeniedException","message":"User: arn:aws:sts::123456789012:assumed-role/r/f is not authorized to perform this"}"#,
        ),
        (200, "<html>"),
    ];
    let answers = errors.map(|(status, body)| {
        let code = body.split(['#', '"']).nth(4).unwrap_or(body);
        (
            format!("{status} {code}").trim_end().to_owned(),
            Answer::Http { status, code: None, body },
        )
    });
    let mut answers = answers.to_vec();
    answers.push(("the connection breaks".to_owned(), Answer::Broken));
    answers.push(("no answer".to_owned(), Answer::Nothing));
    answers
}

/// The gateway's refusals of a post (FACTS 3.5, 3.6), and the failures on the way.
fn failures_of_the_gateway() -> Vec<(&'static str, Answer)> {
    let http = |status, code, body| Answer::Http { status, code, body };
    vec![
        ("410 with its code", http(410, Some("GoneException"), "")),
        (
            "410 with a longer code",
            http(410, Some("GoneException:http://internal.amazon.com/"), ""),
        ),
        ("410 with a page", http(410, Some("GoneException"), "<html>")),
        ("410 and nothing else", http(410, None, "")),
        ("429 with its code", http(429, Some("LimitExceededException"), "")),
        ("429 and nothing else", http(429, None, "")),
        ("413", http(413, Some("PayloadTooLargeException"), "")),
        (
            "403 for a wrong stage",
            http(403, Some("ForbiddenException"), r#"{"message":"Forbidden"}"#),
        ),
        (
            "403 without a permission",
            http(
                403,
                Some("AccessDeniedException"),
                r#"{"Message":"User: arn:aws:sts::1 is not authorized to perform: execute-api:ManageConnections"}"#,
            ),
        ),
        (
            "400 for a bad id",
            http(400, Some("BadRequestException"), r#"{"message":"Invalid connectionId: old"}"#),
        ),
        ("500", http(500, None, r#"{"message":"Internal server error"}"#)),
        ("503", http(503, None, "")),
        ("504", http(504, None, r#"{"message":"Endpoint request timed out"}"#)),
        ("the connection breaks", Answer::Broken),
        ("no answer", Answer::Nothing),
    ]
}

/// Fails the first `times` requests to `service`, and then answers `good`.
fn failing(failure: Answer, times: usize, good: &'static str) -> Service {
    Service::new(move |_, nth| if nth < times { failure.clone() } else { Answer::ok(good) })
}

/// Each failure of the table twice: as the first answer, and as every answer.
fn failures_once_and_always() -> Vec<(String, Answer, usize)> {
    let failures = failures_of_the_table().into_iter();
    failures
        .flat_map(|(name, failure)| {
            [(format!("{name}, once"), failure.clone(), 1), (name, failure, usize::MAX)]
        })
        .collect()
}

#[test]
fn storing_a_row() {
    let mut table = Table::default();
    for (name, failure, times) in failures_once_and_always() {
        let service = failing(failure, times, "{}");
        let handler = Connect::new(&settings(), dynamodb_at(service.clone()));
        let handling = async move { handler.handle(connect(json!({}))).await };
        table.add(&name, [&service, &Service::unused()], handling.boxed());
    }
    assert_snapshot!("errors-of-put", table.text);
}

#[test]
fn deleting_a_row() {
    let mut table = Table::default();
    for (name, failure, times) in failures_once_and_always() {
        let service = failing(failure, times, "{}");
        let handler = Disconnect::new(&settings(), dynamodb_at(service.clone()));
        let handling = async move { handler.handle(disconnect()).await };
        table.add(&name, [&service, &Service::unused()], handling.boxed());
    }
    assert_snapshot!("errors-of-delete", table.text);
}

fn broadcast(table: &Service, gateway: &Service) -> BoxFuture<'static, ApiGatewayProxyResponse> {
    let (table, gateway) = (dynamodb_at(table.clone()), management_at(gateway.clone()));
    let handler = Broadcast::new(&settings(), table, gateway);
    let event = message(r#"{"action":"broadcast","data":"hi"}"#);
    async move { handler.handle(event).await }.boxed()
}

#[test]
fn reading_the_rows() {
    let mut table = Table::default();
    for (name, failure, times) in failures_once_and_always() {
        let rows = failing(failure, times, OLD_ROW);
        let gateway = Service::new(|_, _| Answer::ok(""));
        let handling = broadcast(&rows, &gateway);
        table.add(&name, [&rows, &gateway], handling);
    }
    assert_snapshot!("errors-of-scan", table.text);
}

#[test]
fn reading_more_rows() {
    let mut table = Table::default();
    for (name, failure) in failures_of_the_table() {
        let rows = Service::new(move |_, nth| match nth {
            0 => Answer::ok(FIRST_PAGE),
            _ => failure.clone(),
        });
        let gateway = Service::new(|_, _| Answer::ok(""));
        let handling = broadcast(&rows, &gateway);
        table.add(&name, [&rows, &gateway], handling);
    }
    assert_snapshot!("errors-of-next-scan", table.text);
}

#[test]
fn deleting_a_stale_row() {
    let mut table = Table::default();
    for (name, failure, times) in failures_once_and_always() {
        let rows = Service::new(move |_, nth| match nth {
            0 => Answer::ok(OLD_ROW),
            nth if nth <= times => failure.clone(),
            _ => Answer::ok("{}"),
        });
        let gone = Answer::Http { status: 410, code: Some("GoneException"), body: "" };
        let gateway = Service::new(move |_, _| gone.clone());
        let handling = broadcast(&rows, &gateway);
        table.add(&name, [&rows, &gateway], handling);
    }
    assert_snapshot!("errors-of-stale-delete", table.text);
}

#[test]
fn posting() {
    let mut table = Table::default();
    for (name, failure) in failures_of_the_gateway() {
        for (name, times) in [(format!("{name}, once"), 1), (name.to_owned(), usize::MAX)] {
            let rows = Service::new(|_, nth| Answer::ok(if nth == 0 { OLD_ROW } else { "{}" }));
            let gateway = failing(failure.clone(), times, "");
            let handling = broadcast(&rows, &gateway);
            table.add(&name, [&rows, &gateway], handling);
        }
    }
    assert_snapshot!("errors-of-post", table.text);
}
