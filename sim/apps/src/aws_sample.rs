//! AWS's own sample: aws-samples/simple-websockets-chat-app at fb1f0d6, on SDK v3.
//!
//! Its bugs (FACTS 7.1), each with the promise that it breaks:
//!
//! 1. It tests `e.statusCode === 410`, which SDK v3 calls `e.$metadata.httpStatusCode`: a 410 is
//!    never recognised, and the row of a connection that is gone stays for ever (`no-ghosts`).
//! 2. After a recognised 410 it would delete the row of the sender (`registered`). Bug 1 hides this
//!    one: no run can reach it.
//! 3. `Promise.all` rejects at the first failure: one dead client fails the broadcast, and ends the
//!    retries for all other clients (`isolated`).
//! 4. It reads one page of the table (FACTS 6.1), with an eventually consistent read (FACTS 6.4):
//!    it posts neither to a client on the next page, nor to one that has just connected
//!    (`delivered`).
//! 5. `$connect` stores the row before the handshake is complete (FACTS 1.10), and without a TTL.
//!    If the handshake then fails, nothing removes the row (`no-ghosts`). A broadcast before the
//!    end of the handshake gets a 410, which fails it for all clients by 1 and 3 (`isolated`).
//!
//! Like most functions, it waits for a hung call without a timeout (`in-time`). It also puts stacks
//! and error messages of the SDK into the bodies of failures. Its routes are one-way, so no client
//! sees them; with two-way routes, clients would (`discreet`). `$disconnect` does not check the
//! type of its event: where clients can select its route, as on some emulators, a message removes
//! the row of its sender (`registered`, `refused-is-harmless`).

use std::time::Duration;

use aws_sdk_apigatewaymanagement::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::future::try_join_all;
use serde_json::{Value, json};
use stormglass_sim::stack::{Route, Stack, Table};
use stormglass_sim::{App, Broadcasts, CommandLine, Handler, Sdk, Vocabulary, handler};
use stormglass_spec::history::Acknowledgement;

use crate::command_line::command_line;
use crate::node::{FunctionResult, GatewayEvent, JsError, connection_id, data, endpoint, reply};

const TABLE: &str = "simplechat_connections";

/// The handlers of AWS's sample.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AwsSample;

impl App for AwsSample {
    fn name(&self) -> &str {
        "aws-sample"
    }

    fn stack(&self) -> Stack {
        Stack::new()
            .timeout(Duration::from_secs(30))
            .route(Route::one_way("$connect", "onconnect"))
            .route(Route::one_way("$disconnect", "ondisconnect"))
            .route(Route::one_way("sendmessage", "sendmessage"))
            .table(Table::new(TABLE, "connectionId"))
    }

    fn uses_tokio_time(&self) -> bool {
        false
    }

    fn start(&self, function: &str, sdk: &Sdk) -> Box<dyn Handler> {
        let table = aws_sdk_dynamodb::Client::from_conf(sdk.dynamodb().build());
        match function {
            "onconnect" => handler(move |event| on_connect(table.clone(), event)),
            "ondisconnect" => handler(move |event| on_disconnect(table.clone(), event)),
            _ => {
                let management = sdk.management();
                handler(move |event| send_message(table.clone(), management.clone(), event))
            }
        }
    }

    /// It never asks for a second page, counts nothing, sends no reply, and refuses nothing:
    /// messages that are no broadcast select none of its routes.
    fn declares(&self, id: &str) -> bool {
        let cannot = ["next-page", "honest-ack", "answered", "refused-is-harmless"];
        !cannot.contains(&id)
    }

    /// All valid messages are broadcasts.
    fn vocabulary(&self) -> Vocabulary {
        Vocabulary::new()
    }

    fn is_portable(&self) -> bool {
        true
    }

    fn broadcasts(&self) -> Option<&dyn Broadcasts> {
        Some(self)
    }

    fn command_line(&self) -> Option<CommandLine> {
        Some(command_line(self))
    }
}

impl Broadcasts for AwsSample {
    fn message(&self, data: &str) -> String {
        format!(r#"{{"action":"sendmessage","data":{data}}}"#)
    }

    fn acknowledgement(&self, status: u16, _: Option<&str>) -> Option<Acknowledgement> {
        (status == 200).then_some(Acknowledgement { counts: None })
    }
}

async fn on_connect(table: aws_sdk_dynamodb::Client, event: GatewayEvent) -> FunctionResult {
    let id = AttributeValue::S(connection_id(&event));
    match table.put_item().table_name(TABLE).item("connectionId", id).send().await {
        Ok(_) => reply(200, "Connected."),
        Err(error) => {
            let error = JsError::from_sdk_v3(&error);
            reply(500, format!("Failed to connect: {}", error.stringify()))
        }
    }
}

async fn on_disconnect(table: aws_sdk_dynamodb::Client, event: GatewayEvent) -> FunctionResult {
    match delete(&table, &event).await {
        Ok(()) => reply(200, "Disconnected."),
        Err(error) => reply(500, format!("Failed to disconnect: {}", error.stringify())),
    }
}

async fn send_message(
    table: aws_sdk_dynamodb::Client,
    management: aws_sdk_apigatewaymanagement::config::Builder,
    event: GatewayEvent,
) -> FunctionResult {
    let scan = table.scan().table_name(TABLE).projection_expression("connectionId");
    let page = match scan.send().await {
        Ok(page) => page,
        Err(error) => return reply(500, JsError::from_sdk_v3(&error).stack()),
    };
    // The original builds the same host from the id of the API and the region.
    let management = management.endpoint_url(endpoint(&event)).build();
    let management = aws_sdk_apigatewaymanagement::Client::from_conf(management);
    let data = data(&event)?;
    let ids = page.items().iter().filter_map(|row| row.get("connectionId")?.as_s().ok());
    let posts = ids.map(|id| post(&table, &management, &event, id, &data));
    // As with `Promise.all`, all posts start at once, and the first failure ends the wait. Lambda
    // then freezes the posts that are under way; here they are dropped.
    match try_join_all(posts).await {
        Ok(_) => reply(200, "Data sent."),
        Err(error) => reply(500, error.stack()),
    }
}

async fn post(
    table: &aws_sdk_dynamodb::Client,
    management: &aws_sdk_apigatewaymanagement::Client,
    event: &GatewayEvent,
    id: &str,
    data: &Value,
) -> Result<(), JsError> {
    let Err(error) = post_to_connection(management, id, data).await else { return Ok(()) };
    if *error.property("statusCode") == 410 {
        tracing::info!("Found stale connection, deleting {id}");
        // The row of the sender, not the row of `id`.
        return delete(table, event).await;
    }
    Err(error)
}

/// Deletes the row of the connection that the event came from.
async fn delete(table: &aws_sdk_dynamodb::Client, event: &GatewayEvent) -> Result<(), JsError> {
    let id = AttributeValue::S(connection_id(event));
    let delete = table.delete_item().table_name(TABLE).key("connectionId", id);
    delete.send().await.map(|_| ()).map_err(|error| JsError::from_sdk_v3(&error))
}

/// Ports `send(new PostToConnectionCommand({ ConnectionId: id, Data: data }))`.
///
/// Data that is neither text nor bytes fails before the request is sent. Some versions of SDK v3
/// send an empty request for null, false and 0 instead; this port does not.
async fn post_to_connection(
    management: &aws_sdk_apigatewaymanagement::Client,
    id: &str,
    data: &Value,
) -> Result<(), JsError> {
    let Value::String(text) = data else {
        let message = "The first argument must be of type string or an instance of Buffer, \
                       ArrayBuffer, or Array or an Array-like Object.";
        let properties = json!({ "code": "ERR_INVALID_ARG_TYPE" });
        let frames = "\n    at Function.from (node:buffer:330:9)";
        return Err(JsError::new("TypeError", message, properties, frames));
    };
    let post = management.post_to_connection().connection_id(id).data(Blob::new(text.as_str()));
    post.send().await.map(|_| ()).map_err(|error| JsError::from_sdk_v3(&error))
}
