//! The tutorial that Stormglass grew from: three Node.js functions on SDK v2.
//!
//! Its bugs, each with the promise that it breaks:
//!
//! 1. `$connect` stores the row before the handshake is complete (FACTS 1.10), and without a TTL.
//!    If the handshake then fails, nothing removes the row (`no-ghosts`). A broadcast before the
//!    end of the handshake gets a 410, which fails it for all clients by 4 and 5 (`isolated`).
//! 2. `broadcast` reads one page of the table (FACTS 6.1), and never posts to a client on the next
//!    page (`delivered`).
//! 3. That read is eventually consistent (FACTS 6.4), and misses a client that has just connected
//!    (`delivered`).
//! 4. The row of a connection that is gone is deleted through a name that does not exist. The
//!    `ReferenceError` leaves the row in the table (`no-ghosts`).
//! 5. `Promise.all` rejects at the first failure: one dead client fails the broadcast, and ends the
//!    retries for all other clients (`isolated`).
//! 6. No call has a timeout: a hung post holds the function until it is killed (`in-time`).
//! 7. The bodies of failures hold stacks and error messages of the SDK. Its routes are one-way, so
//!    no client sees them; with two-way routes, clients would (`discreet`).
//! 8. `$disconnect` does not check the type of its event. Where clients can select its route, as on
//!    some emulators, a message removes the row of its sender (`registered`,
//!    `refused-is-harmless`).

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

pub(crate) const TABLE: &str = "Connections";

/// The handlers of the tutorial.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tutorial;

impl App for Tutorial {
    fn name(&self) -> &str {
        "tutorial"
    }

    fn stack(&self) -> Stack {
        Stack::new()
            .timeout(Duration::from_secs(30))
            .route(Route::one_way("$connect", "connect"))
            .route(Route::one_way("$disconnect", "disconnect"))
            .route(Route::one_way("broadcast", "broadcast"))
            .table(Table::new(TABLE, "connectionId"))
    }

    fn uses_tokio_time(&self) -> bool {
        false
    }

    fn start(&self, function: &str, sdk: &Sdk) -> Box<dyn Handler> {
        let table = aws_sdk_dynamodb::Client::from_conf(sdk.dynamodb().build());
        match function {
            "connect" => handler(move |event| connect(table.clone(), event)),
            "disconnect" => handler(move |event| disconnect(table.clone(), event)),
            _ => {
                let management = sdk.management();
                handler(move |event| broadcast(table.clone(), management.clone(), event))
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

impl Broadcasts for Tutorial {
    fn message(&self, data: &str) -> String {
        format!(r#"{{"action":"broadcast","data":{data}}}"#)
    }

    fn acknowledgement(&self, status: u16, _: Option<&str>) -> Option<Acknowledgement> {
        (status == 200).then_some(Acknowledgement { counts: None })
    }
}

async fn connect(table: aws_sdk_dynamodb::Client, event: GatewayEvent) -> FunctionResult {
    let id = AttributeValue::S(connection_id(&event));
    match table.put_item().table_name(TABLE).item("connectionId", id).send().await {
        Ok(_) => reply(200, "Connected."),
        Err(error) => {
            let error = JsError::from_sdk_v2(&error);
            reply(500, format!("Failed to connect: {}", error.stringify()))
        }
    }
}

async fn disconnect(table: aws_sdk_dynamodb::Client, event: GatewayEvent) -> FunctionResult {
    let id = AttributeValue::S(connection_id(&event));
    match table.delete_item().table_name(TABLE).key("connectionId", id).send().await {
        Ok(_) => reply(200, "Disconnected."),
        Err(error) => {
            let error = JsError::from_sdk_v2(&error);
            reply(500, format!("Failed to disconnect: {}", error.stringify()))
        }
    }
}

async fn broadcast(
    table: aws_sdk_dynamodb::Client,
    management: aws_sdk_apigatewaymanagement::config::Builder,
    event: GatewayEvent,
) -> FunctionResult {
    let scan = table.scan().table_name(TABLE).projection_expression("connectionId");
    let page = match scan.send().await {
        Ok(page) => page,
        Err(error) => return reply(500, JsError::from_sdk_v2(&error).stack()),
    };
    let management = management.endpoint_url(endpoint(&event)).build();
    let management = aws_sdk_apigatewaymanagement::Client::from_conf(management);
    let data = data(&event)?;
    let ids = page.items().iter().filter_map(|row| row.get("connectionId")?.as_s().ok());
    let posts = ids.map(|id| post(&management, id, &data));
    // As with `Promise.all`, all posts start at once, and the first failure ends the wait. Lambda
    // then freezes the posts that are under way; here they are dropped.
    match try_join_all(posts).await {
        Ok(_) => reply(200, "Data sent."),
        Err(error) => reply(500, error.stack()),
    }
}

async fn post(
    management: &aws_sdk_apigatewaymanagement::Client,
    id: &str,
    data: &Value,
) -> Result<(), JsError> {
    let Err(error) = post_to_connection(management, id, data).await else { return Ok(()) };
    if *error.property("statusCode") == 410 {
        tracing::info!("Found stale connection, deleting {id}");
        return Err(JsError::new("ReferenceError", "ddb is not defined", json!({}), DELETE_FRAMES));
    }
    Err(error)
}

/// The stack of the line that should delete the row of a connection that is gone.
const DELETE_FRAMES: &str = "\n    at /var/task/index.js:23:9\
    \n    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)\
    \n    at async Promise.all (index 0)\
    \n    at async Runtime.handler (/var/task/index.js:31:5)";

/// Ports `postToConnection({ ConnectionId: id, Data: data }).promise()`.
///
/// SDK v2 checks the type of each parameter before it sends the request.
async fn post_to_connection(
    management: &aws_sdk_apigatewaymanagement::Client,
    id: &str,
    data: &Value,
) -> Result<(), JsError> {
    let data = match data {
        Value::String(text) => Blob::new(text.as_str()),
        Value::Null => {
            return Err(refused(
                "MissingRequiredParameter",
                "Missing required key 'Data' in params",
            ));
        }
        _ => {
            let message = "Expected params.Data to be a string, Buffer, Stream, Blob, or typed \
                           array object";
            return Err(refused("InvalidParameterType", message));
        }
    };
    let post = management.post_to_connection().connection_id(id).data(data);
    post.send().await.map(|_| ()).map_err(|error| JsError::from_sdk_v2(&error))
}

fn refused(code: &str, message: &str) -> JsError {
    let frames = "\n    at ParamValidator.fail (aws-sdk/lib/param_validator.js:50:37)";
    JsError::new(code, message, json!({ "code": code, "message": message }), frames)
}
