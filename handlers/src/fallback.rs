//! The `$default` route: explains to a client what it got wrong.

use aws_lambda_events::apigw::ApiGatewayProxyResponse;
use futures_util::FutureExt;

use crate::message::Fields;
use crate::reply::ErrorReply;
use crate::request::{Event, EventType, Request, respond};

/// The handler of the `$default` route, where messages end up that select no other (FACTS 2.3).
#[derive(Clone, Copy, Debug, Default)]
pub struct Fallback;

impl Fallback {
    /// It calls no service and needs no settings.
    pub fn new() -> Fallback {
        Fallback
    }

    /// Answers what is wrong with the message.
    pub async fn handle(&self, event: Event) -> ApiGatewayProxyResponse {
        respond(&event, "$default", async { Err(explain(&event)) }.boxed()).await
    }
}

fn explain(event: &Event) -> ErrorReply<'_> {
    let parsed = Request::parse(event, EventType::Message).and_then(|_| Fields::parse(event));
    match parsed {
        Err(reply) => reply,
        Ok(fields) => {
            ErrorReply::client("the action is unknown, the only one is \"broadcast\"", fields.id)
        }
    }
}
