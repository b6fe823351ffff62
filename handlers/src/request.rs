//! What an event must say before anything is done about it.

use aws_lambda_events::apigw::ApiGatewayWebsocketProxyRequest;
use lambda_runtime::LambdaEvent;

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
