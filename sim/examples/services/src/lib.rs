//! Five small services of other kinds than a broadcast, each in two versions.
//!
//! - [`game`]: a game of two players. A late `$disconnect` throws out a player who is back, and a
//!   move undoes another one.
//! - [`letters`]: a chat of one to one, with a row for each user. A late `$disconnect` cuts off a
//!   user who is back.
//! - [`subscriptions`]: topics, with several rows for each connection. A stale index leaves rows
//!   behind.
//! - [`feed`]: numbered posts, and readers that come back and ask for what they have missed. The
//!   program of a reader takes a late post for an old one.
//! - [`jobs`]: jobs that report their progress. A queue delivers a part twice, and the worker
//!   counts it twice.
//!
//! The first version of each has the bug, as public services do. `cargo run --bin services --
//! explore --app game` finds it; `--app game-mended` holds.

pub mod feed;
pub mod game;
pub mod jobs;
pub mod letters;
pub mod subscriptions;

use aws_sdk_apigatewaymanagement::Client as Management;
use aws_sdk_apigatewaymanagement::config::Builder;
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::AttributeValue;
use lambda_runtime::LambdaEvent;
use serde_json::{Value, json};

/// The event and the response of a function.
type Event = LambdaEvent<Value>;
type Response = Result<Value, lambda_runtime::Error>;

/// A version of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// The version with the bug.
    First,
    /// The version without it.
    Mended,
}

fn connection_id(event: &Event) -> AttributeValue {
    text(event.payload["requestContext"]["connectionId"].as_str().unwrap_or_default())
}

fn connected_at(event: &Event) -> AttributeValue {
    AttributeValue::N(event.payload["requestContext"]["connectedAt"].to_string())
}

/// Returns a parameter of the query with which a client came.
fn parameter<'a>(event: &'a Event, name: &str) -> &'a str {
    event.payload["queryStringParameters"][name].as_str().unwrap_or_default()
}

/// Returns a client's message.
fn message(event: &Event) -> Value {
    let body = event.payload["body"].as_str().unwrap_or_default();
    serde_json::from_str(body).unwrap_or_default()
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn response(status: u16, body: &str) -> Response {
    Ok(json!({ "statusCode": status, "body": body }))
}

/// Reports whether a write was stopped by its condition.
fn was_overtaken(error: &impl ProvideErrorMetadata) -> bool {
    error.code() == Some("ConditionalCheckFailedException")
}

/// Returns a client for the connections of the stage that sent an event.
fn management(settings: &Builder, event: &Event) -> Management {
    let context = &event.payload["requestContext"];
    let part = |name: &str| context[name].as_str().unwrap_or_default().to_owned();
    let endpoint = format!("https://{}/{}", part("domainName"), part("stage"));
    Management::from_conf(settings.clone().endpoint_url(endpoint).build())
}
