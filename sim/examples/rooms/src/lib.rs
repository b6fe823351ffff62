//! A chat with rooms, on API Gateway WebSockets, Lambda and DynamoDB.
//!
//! A client joins a room, and stays in it until it joins another one, leaves, or disconnects:
//!
//! ```json
//! {"action": "join", "room": "red"}
//! {"action": "say", "room": "red", "text": "hello"}
//! {"action": "leave"}
//! ```
//!
//! A text that is said in a room reaches all clients in it, and no others. The chat answers every
//! message, and only a 200 says that the chat carried it out.
//!
//! - `members`: the members of each room, in a DynamoDB table.
//!
//! In `main`, each function is built as in the tests, but with its clients from `aws_config`:
//! `lambda_runtime::run(service_fn(|event| chat.join(event)))`.

mod members;

use aws_lambda_events::event::apigw::ApiGatewayWebsocketProxyRequest;
use aws_sdk_apigatewaymanagement::primitives::Blob;
use lambda_runtime::{Error, LambdaEvent};
use serde::Deserialize;
use serde_json::{Value, json};

pub use members::{Members, Memory};

/// The event that every function gets.
pub type Event = LambdaEvent<ApiGatewayWebsocketProxyRequest>;

/// The functions of the chat.
#[derive(Clone, Debug)]
pub struct Chat {
    members: Members,
    management: aws_sdk_apigatewaymanagement::config::Builder,
}

#[derive(Deserialize)]
struct Join {
    room: String,
}

#[derive(Deserialize)]
struct Say {
    room: String,
    text: String,
}

impl Chat {
    /// Makes a chat with its SDK clients. The endpoint of `@connections` comes with every event.
    pub fn new(
        members: Members,
        management: aws_sdk_apigatewaymanagement::config::Builder,
    ) -> Chat {
        Chat { members, management }
    }

    /// Handles `join`: moves the client to a room, and out of any other one.
    ///
    /// # Errors
    ///
    /// If DynamoDB fails.
    pub async fn join(&self, event: Event) -> Result<Value, Error> {
        let Some(Join { room }) = read(&event) else { return Ok(answer(400, "no such room")) };
        self.members.enter(connection_id(&event), &room).await?;
        Ok(answer(200, "joined"))
    }

    /// Handles `leave`: takes the client out of its room.
    ///
    /// # Errors
    ///
    /// If DynamoDB fails.
    pub async fn leave(&self, event: Event) -> Result<Value, Error> {
        self.members.leave(connection_id(&event)).await?;
        Ok(answer(200, "left"))
    }

    /// Handles `$disconnect`: takes the client, which is gone, out of its room.
    ///
    /// # Errors
    ///
    /// If DynamoDB fails.
    pub async fn disconnect(&self, event: Event) -> Result<Value, Error> {
        self.leave(event).await
    }

    /// Handles `say`: posts a text to all clients in a room.
    ///
    /// # Errors
    ///
    /// If DynamoDB fails.
    pub async fn say(&self, event: Event) -> Result<Value, Error> {
        let Some(Say { room, text }) = read(&event) else { return Ok(answer(400, "say what?")) };
        let management = self.management(&event);
        let mut missed = 0;
        for member in self.members.of(&room).await? {
            let post = management.post_to_connection().connection_id(&member);
            match post.data(Blob::new(text.as_str())).send().await {
                Ok(_) => {}
                Err(error) if error.as_service_error().is_some_and(|it| it.is_gone_exception()) => {
                    self.members.forget(&member, &room).await?;
                }
                Err(_) => missed += 1,
            }
        }
        Ok(if missed == 0 { answer(200, "said") } else { answer(500, "not everybody heard it") })
    }

    fn management(&self, event: &Event) -> aws_sdk_apigatewaymanagement::Client {
        let context = &event.payload.request_context;
        let domain = context.domain_name.as_deref().unwrap_or_default();
        let stage = context.stage.as_deref().unwrap_or_default();
        let endpoint = format!("https://{domain}/{stage}");
        let config = self.management.clone().endpoint_url(endpoint).build();
        aws_sdk_apigatewaymanagement::Client::from_conf(config)
    }
}

fn read<'a, Message: Deserialize<'a>>(event: &'a Event) -> Option<Message> {
    serde_json::from_str(event.payload.body.as_deref()?).ok()
}

fn connection_id(event: &Event) -> &str {
    event.payload.request_context.connection_id.as_deref().unwrap_or_default()
}

fn answer(status: u16, text: &str) -> Value {
    json!({ "statusCode": status, "body": text })
}
