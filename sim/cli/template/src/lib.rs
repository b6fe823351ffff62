//! The functions of a box office, as they are deployed. Your own take their place.
//!
//! A client sends `{"action":"reserve","seat":"A1"}`, and its reply says if it has the seat. One of
//! the functions has a bug, which `cargo run --example sim -- explore` finds.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::AttributeValue;
use lambda_runtime::LambdaEvent;
use serde_json::{Value, json};

/// The table of the seats that are taken, by their names.
pub const SEATS: &str = "seats";

/// Reserves a seat for a client, unless it is taken.
pub async fn reserve(client: &Client, event: LambdaEvent<Value>) -> Value {
    let Some(seat) = seat(&event) else { return reply(400, "which seat?") };
    let get = client.get_item().table_name(SEATS).key("seat", seat.clone());
    match get.consistent_read(true).send().await {
        Ok(found) if found.item.is_none() => {}
        Ok(_) => return reply(409, "taken"),
        Err(_) => return reply(503, "try again"),
    }
    let put = client
        .put_item()
        .table_name(SEATS)
        .item("seat", seat)
        .item("connectionId", connection_id(&event))
        .send();
    match put.await {
        Ok(_) => reply(200, "reserved"),
        Err(error) if is_refused(&error) => reply(409, "taken"),
        Err(_) => reply(503, "try again"),
    }
}

/// Gives a seat back, if it is this client's.
pub async fn cancel(client: &Client, event: LambdaEvent<Value>) -> Value {
    let Some(seat) = seat(&event) else { return reply(400, "which seat?") };
    let delete = client
        .delete_item()
        .table_name(SEATS)
        .key("seat", seat)
        .condition_expression("connectionId = :mine")
        .expression_attribute_values(":mine", connection_id(&event))
        .send();
    match delete.await {
        Ok(_) => reply(200, "cancelled"),
        Err(error) if is_refused(&error) => reply(409, "not yours"),
        Err(_) => reply(503, "try again"),
    }
}

/// Returns the seat of a message, if it names one.
fn seat(event: &LambdaEvent<Value>) -> Option<AttributeValue> {
    let message: Value = serde_json::from_str(event.payload["body"].as_str()?).ok()?;
    message["seat"].as_str().map(|seat| AttributeValue::S(seat.to_owned()))
}

fn connection_id(event: &LambdaEvent<Value>) -> AttributeValue {
    let id = event.payload["requestContext"]["connectionId"].as_str();
    AttributeValue::S(id.unwrap_or_default().to_owned())
}

/// Reports whether a condition has stopped a write.
fn is_refused(error: &impl ProvideErrorMetadata) -> bool {
    error.code() == Some("ConditionalCheckFailedException")
}

fn reply(status: u16, text: &str) -> Value {
    json!({ "statusCode": status, "body": text })
}
