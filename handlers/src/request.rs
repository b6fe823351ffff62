//! What an event must say before anything is done about it.

use aws_lambda_events::apigw::{ApiGatewayProxyResponse, ApiGatewayWebsocketProxyRequest};
use futures_util::future::BoxFuture;
use lambda_runtime::LambdaEvent;
use tracing::Instrument;

use crate::message;
use crate::reply::ErrorReply;

pub(crate) type Event = LambdaEvent<ApiGatewayWebsocketProxyRequest>;

/// What the gateway calls the three kinds of event (FACTS 5.1-5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EventType {
    Connect,
    Disconnect,
    Message,
}

impl EventType {
    fn name(self) -> &'static str {
        match self {
            EventType::Connect => "CONNECT",
            EventType::Disconnect => "DISCONNECT",
            EventType::Message => "MESSAGE",
        }
    }
}

/// The part of an event that every handler needs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request<'a> {
    pub(crate) connection_id: &'a str,
    pub(crate) request_id: &'a str,
    /// When the gateway began to accept the connection, in epoch milliseconds.
    pub(crate) connected_at: i64,
    /// When the gateway got what it reports with this event, in epoch milliseconds.
    pub(crate) asked_at: i64,
}

impl<'a> Request<'a> {
    /// Refuses an event of another type than `expected`.
    ///
    /// The event's type is the gateway's word; its route may be the client's. A client that sends
    /// `{"action":"$disconnect"}` must not run anybody's disconnect.
    pub(crate) fn parse(
        event: &'a Event,
        expected: EventType,
    ) -> Result<Request<'a>, ErrorReply<'a>> {
        let context = &event.payload.request_context;
        let refuse = |text| ErrorReply::client(text, message::read_id(event));
        if context.event_type.as_deref() != Some(expected.name()) {
            return Err(refuse("this route does not take events of this type"));
        }
        let connection_id = context.connection_id.as_deref().filter(|id| !id.is_empty());
        let connection_id = connection_id.ok_or_else(|| refuse("the event names no connection"))?;
        let request_id = context.request_id.as_deref();
        let request_id = request_id.ok_or_else(|| refuse("the event names no request"))?;
        Ok(Request {
            connection_id,
            request_id,
            connected_at: context.connected_at,
            asked_at: context.request_time_epoch,
        })
    }
}

/// Turns the outcome of an event into the response to it, and names the event in every log line
/// on the way.
///
/// The outcome comes in a box because the SDK's futures nest deeply: too deeply for the compiler,
/// if they were part of everything that waits for them.
pub(crate) async fn respond<'a>(
    event: &'a Event,
    route: &'static str,
    outcome: BoxFuture<'_, Result<ApiGatewayProxyResponse, ErrorReply<'a>>>,
) -> ApiGatewayProxyResponse {
    let context = &event.payload.request_context;
    let span = tracing::info_span!(
        "event",
        route,
        connection_id = context.connection_id.as_deref(),
        request_id = context.request_id.as_deref(),
        invocation_id = event.context.request_id.as_str(),
    );
    let response = async {
        outcome.await.unwrap_or_else(|reply| {
            tracing::warn!(status = reply.status(), error = reply.text(), "answers an error");
            reply.into()
        })
    };
    response.instrument(span).await
}
