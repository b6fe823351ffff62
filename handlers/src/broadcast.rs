//! The `broadcast` route: posts a message to every connection, and says what became of it.
//!
//! - `fan_out`: who is posted to, when, and how often;
//! - `deferred`: the rows that wait for something else than their first post;
//! - `callback`: one post, and the endpoint it goes to;
//! - `backoff`: how long a retry waits.

mod backoff;
mod callback;
mod deferred;
mod fan_out;

use aws_lambda_events::apigw::ApiGatewayProxyResponse;
use aws_sdk_apigatewaymanagement::primitives::Blob;
use futures_util::FutureExt;

use self::callback::Callback;
use self::fan_out::{FanOut, Job};
use crate::budget::Budget;
use crate::invocation::{Answer, respond};
use crate::message::Message;
use crate::reply::ErrorReply;
use crate::request::{Event, EventType, Request};
use crate::settings::Settings;
use crate::table::Table;

const UNREACHABLE: &str = "this service cannot reach its connections, nothing was sent";
const UNREADABLE: &str = "the connections could not be read, nothing was sent";

/// The handler of the `broadcast` route, which must be a two-way route for its acknowledgements
/// to arrive (FACTS 2.9).
///
/// An error reply means that nothing was posted to anybody. Otherwise the reply is an
/// acknowledgement, which counts the recipients by what is known of them:
///
/// - `delivered`: the gateway accepted the last attempt;
/// - `gone`: the connection was no longer there, and its row was to be deleted;
/// - `pending`: the connection was not there, but it may have been in the middle of its handshake
///   (FACTS 1.7), so its row was left alone;
/// - `failed`: all others, who may or may not have got it;
///
/// and is `complete` if every row was read and none failed.
#[derive(Debug)]
pub struct Broadcast {
    settings: Settings,
    table: Table,
    callback: Callback,
}

impl Broadcast {
    /// Builds the client of the table from the platform's `dynamodb`, and that of the gateway's
    /// callbacks from its `management`, with our retries, timeouts and endpoint.
    pub fn new(
        settings: &Settings,
        dynamodb: aws_sdk_dynamodb::config::Builder,
        management: aws_sdk_apigatewaymanagement::config::Builder,
    ) -> Broadcast {
        Broadcast {
            settings: settings.clone(),
            table: Table::new(settings, dynamodb),
            callback: Callback::new(settings, management),
        }
    }

    /// Posts the message's `data` to every connection in the table, and acknowledges it.
    pub async fn handle(&self, event: Event) -> ApiGatewayProxyResponse {
        let time = self.table.clock().time().clone();
        respond(time, &event, "broadcast", self.broadcast(&event).boxed()).await
    }

    async fn broadcast<'a>(&self, event: &'a Event) -> Result<Answer, ErrorReply<'a>> {
        let request = Request::parse(event, EventType::Message)?;
        let Message { data, id } = Message::parse(event, self.settings.message_bytes_max)?;
        let callback = self.callback.client(event);
        let callback = callback.map_err(|cause| ErrorReply::service(UNREACHABLE, id, cause))?;
        let budget = Budget::of(self.table.clock(), event);
        let job = Job {
            settings: &self.settings,
            table: &self.table,
            callback: &callback,
            budget: &budget,
            request: &request,
            data: &Blob::new(data.into_owned()),
        };
        let done = FanOut::new(job).run().await;
        let (ack, cause) = done.map_err(|cause| ErrorReply::service(UNREADABLE, id, cause))?;
        Ok(Answer { response: ack.reply(id), ack: Some(ack), cause })
    }
}
