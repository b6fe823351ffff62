//! The `$default` route: explains to a client what it got wrong.

use aws_lambda_events::apigw::ApiGatewayProxyResponse;
use aws_smithy_async::time::SharedTimeSource;
use futures_util::FutureExt;

use crate::invocation::respond;
use crate::message::Fields;
use crate::reply::ErrorReply;
use crate::request::{Event, EventType, Request};

/// The handler of the `$default` route, where messages end up that select no other (FACTS 2.3).
#[derive(Clone, Debug)]
pub struct Fallback {
    time: SharedTimeSource,
}

impl Fallback {
    /// It calls no service and needs no settings. All it does with the time is to say in the log
    /// how much of it went by.
    pub fn new(time: SharedTimeSource) -> Fallback {
        Fallback { time }
    }

    /// Answers what is wrong with the message.
    pub async fn handle(&self, event: Event) -> ApiGatewayProxyResponse {
        let answer = async { Err(explain(&event)) };
        respond(self.time.clone(), &event, "$default", answer.boxed()).await
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
