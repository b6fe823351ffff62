//! AWS's own sample: aws-samples/simple-websockets-chat-app at fb1f0d6, on SDK v3.
//!
//! Its faults (FACTS 7.1), each with the promise that it breaks:
//!
//! 1. It tests `e.statusCode === 410`, which SDK v3 calls `e.$metadata.httpStatusCode`: a 410 is
//!    never recognised, and the row of a connection that is gone stays for ever (`no-ghosts`).
//! 2. Were it recognised, the row deleted would be the sender's own (`registered`). Fault 1 hides
//!    this one: no run can come there.
//! 3. `Promise.all` rejects at the first failure: one dead client fails the broadcast, and with it
//!    the retries of everybody else (`isolated`).
//! 4. It reads one page of the table (FACTS 6.1), eventually consistent (FACTS 6.4): who stands on
//!    the next page, or connected a moment ago, is not posted to (`delivered`).
//! 5. `$connect` stores the row before the handshake is complete (FACTS 1.10), and without a TTL:
//!    a handshake that then fails leaves a row that nothing removes (`no-ghosts`), and a broadcast
//!    that comes in between meets a 410, which by 1 and 3 fails it for everybody (`isolated`).
//!
//! As most functions do, it also waits for as long as a hung call takes (`in-time`). And it puts
//! stacks and what the SDK said into the bodies of failures. Its routes are one-way, so nobody sees
//! them; with two-way routes clients do (`discreet`). `$disconnect` does not look at what event it
//! got: where clients can select its route, as on some emulators, a message removes its sender's
//! row (`registered`, `refused-is-harmless`).

use aws_sdk_apigatewaymanagement::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::future::try_join_all;
use serde_json::{Value, json};
use stormglass_sim::{App, Handler, Route, Sdk, Table, handler};

use crate::node::{Event, Returned, Thrown, connection_id, data, endpoint, reply};

const TABLE: &str = "simplechat_connections";

/// The handlers of AWS's sample.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AwsSample;

impl App for AwsSample {
    fn name(&self) -> &str {
        "aws-sample"
    }

    fn routes(&self) -> Vec<Route> {
        vec![
            Route::one_way("$connect", "onconnect"),
            Route::one_way("$disconnect", "ondisconnect"),
            Route::one_way("sendmessage", "sendmessage"),
        ]
    }

    fn table(&self) -> Table {
        Table::new(TABLE, "connectionId")
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

    fn broadcast(&self, data: &str) -> String {
        format!(r#"{{"action":"sendmessage","data":{data}}}"#)
    }

    /// It never asks for a second page, counts nothing, replies to nobody, and refuses nothing:
    /// messages that are no broadcast select none of its routes.
    fn declares(&self, id: &str) -> bool {
        let cannot = ["next-page", "honest-ack", "answered", "discreet", "refused-is-harmless"];
        !cannot.contains(&id)
    }
}

async fn on_connect(table: aws_sdk_dynamodb::Client, event: Event) -> Returned {
    let id = AttributeValue::S(connection_id(&event));
    match table.put_item().table_name(TABLE).item("connectionId", id).send().await {
        Ok(_) => reply(200, "Connected."),
        Err(error) => {
            let thrown = Thrown::by_sdk_v3(&error);
            reply(500, format!("Failed to connect: {}", thrown.stringify()))
        }
    }
}

async fn on_disconnect(table: aws_sdk_dynamodb::Client, event: Event) -> Returned {
    match delete(&table, &event).await {
        Ok(()) => reply(200, "Disconnected."),
        Err(thrown) => reply(500, format!("Failed to disconnect: {}", thrown.stringify())),
    }
}

async fn send_message(
    table: aws_sdk_dynamodb::Client,
    management: aws_sdk_apigatewaymanagement::config::Builder,
    event: Event,
) -> Returned {
    let scan = table.scan().table_name(TABLE).projection_expression("connectionId");
    let page = match scan.send().await {
        Ok(page) => page,
        Err(error) => return reply(500, Thrown::by_sdk_v3(&error).stack()),
    };
    // The original makes the same host of the API's id and the region.
    let management = management.endpoint_url(endpoint(&event)).build();
    let management = aws_sdk_apigatewaymanagement::Client::from_conf(management);
    let data = data(&event)?;
    let ids = page.items().iter().filter_map(|row| row.get("connectionId")?.as_s().ok());
    let posts = ids.map(|id| post(&table, &management, &event, id, &data));
    // As with `Promise.all`, all posts start at once, and the first failure ends the wait. Lambda
    // freezes whatever is under way then; here it is dropped.
    match try_join_all(posts).await {
        Ok(_) => reply(200, "Data sent."),
        Err(thrown) => reply(500, thrown.stack()),
    }
}

async fn post(
    table: &aws_sdk_dynamodb::Client,
    management: &aws_sdk_apigatewaymanagement::Client,
    event: &Event,
    id: &str,
    data: &Value,
) -> Result<(), Thrown> {
    let Err(thrown) = post_to_connection(management, id, data).await else { return Ok(()) };
    if *thrown.property("statusCode") == 410 {
        tracing::info!("Found stale connection, deleting {id}");
        // Not the row of `id`, but that of the event's connection: the sender's.
        return delete(table, event).await;
    }
    Err(thrown)
}

/// Deletes the row of the connection that the event is about.
async fn delete(table: &aws_sdk_dynamodb::Client, event: &Event) -> Result<(), Thrown> {
    let id = AttributeValue::S(connection_id(event));
    let delete = table.delete_item().table_name(TABLE).key("connectionId", id);
    delete.send().await.map(|_| ()).map_err(|error| Thrown::by_sdk_v3(&error))
}

/// `send(new PostToConnectionCommand({ ConnectionId: id, Data: data }))`. What is neither text nor
/// bytes fails on its way into the request; that some versions of SDK v3 send nothing at all for
/// null, false and 0 instead is left out.
async fn post_to_connection(
    management: &aws_sdk_apigatewaymanagement::Client,
    id: &str,
    data: &Value,
) -> Result<(), Thrown> {
    let Value::String(text) = data else {
        let message = "The first argument must be of type string or an instance of Buffer, \
                       ArrayBuffer, or Array or an Array-like Object.";
        let properties = json!({ "code": "ERR_INVALID_ARG_TYPE" });
        let frames = "\n    at Function.from (node:buffer:330:9)";
        return Err(Thrown::new("TypeError", message, properties, frames));
    };
    let post = management.post_to_connection().connection_id(id).data(Blob::new(text.as_str()));
    post.send().await.map(|_| ()).map_err(|error| Thrown::by_sdk_v3(&error))
}
