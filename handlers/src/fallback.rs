//! The `$default` route: tells a client what is wrong with its message.

use aws_lambda_events::apigw::ApiGatewayProxyResponse;
use aws_smithy_async::time::SharedTimeSource;
use futures_util::FutureExt;

use crate::invocation::respond;
use crate::message::Fields;
use crate::reply::ErrorReply;
use crate::request::{Event, EventType, Request};

/// The handler of the `$default` route, which gets every message that selects no other route
/// (FACTS 2.3).
#[derive(Clone, Debug)]
pub struct Fallback {
    time: SharedTimeSource,
}

impl Fallback {
    /// Builds a handler that calls no service and needs no settings.
    ///
    /// It reads `time` only to log how long an invocation took.
    pub fn new(time: SharedTimeSource) -> Fallback {
        Fallback { time }
    }

    /// Answers with an error that names what is wrong with the message.
    pub async fn handle(&self, event: Event) -> ApiGatewayProxyResponse {
        let answer = async { Err(explain(&event)) };
        respond(self.time.clone(), &event, "$default", answer.boxed()).await
    }
}

/// The first error of a message, or that of its action.
fn explain(event: &Event) -> ErrorReply<'_> {
    let parsed = Request::parse(event, EventType::Message).and_then(|_| Fields::parse(event));
    match parsed {
        Err(reply) => reply,
        Ok(fields) => {
            ErrorReply::client("the action is unknown, the only one is \"broadcast\"", fields.id)
        }
    }
}
