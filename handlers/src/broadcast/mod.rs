//! The `broadcast` route: posts a message to every connection, and acknowledges it.
//!
//! - `job`: the parts of a broadcast that stay the same while it runs;
//! - `fan_out`: the recipients, the order of their posts, and the retries;
//! - `deferred_rows`: the rows that wait for a retry or for their removal;
//! - `callback`: one post, and the endpoint that it goes to;
//! - `backoff`: the delay before a retry.

mod backoff;
mod callback;
mod deferred_rows;
mod fan_out;
mod job;

use aws_lambda_events::apigw::ApiGatewayProxyResponse;
use aws_sdk_apigatewaymanagement::primitives::Blob;
use futures_util::FutureExt;

use self::callback::Callback;
use self::fan_out::FanOut;
use self::job::Job;
use crate::budget::Budget;
use crate::invocation::respond;
use crate::message::Message;
use crate::outcome::Answer;
use crate::reply::ErrorReply;
use crate::request::{Event, EventType, Request};
use crate::settings::Settings;
use crate::table::Table;

const UNREACHABLE: &str = "this service cannot reach its connections, nothing was sent";
const UNREADABLE: &str = "the connections could not be read, nothing was sent";

/// The handler of the `broadcast` route.
///
/// The route must be two-way, or no acknowledgement reaches a client (FACTS 2.9).
///
/// An error reply means that nothing was posted to any connection. Otherwise the reply is an
/// acknowledgement, which counts the recipients:
///
/// - `delivered`: the gateway accepted the last attempt;
/// - `gone`: the connection was no longer there, so its row was to be deleted;
/// - `pending`: the connection was not there, but its handshake may not have been over
///   (FACTS 1.7), so its row stays;
/// - `failed`: all others, some of which may have got the message.
///
/// The acknowledgement is `complete` if every row was read and none failed.
#[derive(Debug)]
pub struct Broadcast {
    settings: Settings,
    table: Table,
    callback: Callback,
}

impl Broadcast {
    /// Builds the client of the table from the platform's configuration `dynamodb`, and keeps
    /// `management` for the clients that post to connections.
    ///
    /// The retries, timeouts and endpoint in both are replaced by those of this crate.
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

    /// Posts the `data` of the message to every connection in the table, and acknowledges it.
    pub async fn handle(&self, event: Event) -> ApiGatewayProxyResponse {
        let time = self.table.clock().time().clone();
        respond(time, &event, "broadcast", self.broadcast(&event).boxed()).await
    }

    async fn broadcast<'a>(&self, event: &'a Event) -> Result<Answer, ErrorReply<'a>> {
        let request = Request::parse(event, EventType::Message)?;
        let Message { data, id } = Message::parse(event, self.settings.message_bytes_max)?;
        let callback = self.callback.client(event);
        let callback = callback.map_err(|cause| ErrorReply::service(UNREACHABLE, id, cause))?;
        let budget = Budget::new(self.table.clock(), event);
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
