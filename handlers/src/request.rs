//! The checks that every event must pass, and the fields that every handler needs.

use aws_lambda_events::apigw::ApiGatewayWebsocketProxyRequest;
use lambda_runtime::LambdaEvent;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::json::{has_lone_surrogate, raw_field};
use crate::reply::ErrorReply;

/// An event of the gateway, with the context of its invocation.
pub(crate) type Event = LambdaEvent<ApiGatewayWebsocketProxyRequest>;

/// The longest `id` that a reply repeats, in bytes as the client wrote it.
///
/// An `id` that fills a message would make the reply to it too long to be sent (FACTS 3.1).
const ID_BYTES_MAX: usize = 1_024;

/// The three types of event that the gateway sends (FACTS 5.1-5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EventType {
    Connect,
    Disconnect,
    Message,
}

impl EventType {
    /// The gateway's name of the type.
    fn name(self) -> &'static str {
        match self {
            EventType::Connect => "CONNECT",
            EventType::Disconnect => "DISCONNECT",
            EventType::Message => "MESSAGE",
        }
    }
}

/// The fields of an event that every handler needs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request<'a> {
    pub(crate) connection_id: &'a str,
    pub(crate) request_id: &'a str,
    /// The time at which the gateway began to accept the connection, in epoch milliseconds.
    pub(crate) connected_at: i64,
    /// The time at which the gateway got the request or the close, in epoch milliseconds.
    pub(crate) asked_at: i64,
}

impl<'a> Request<'a> {
    /// Reads the fields of an event.
    ///
    /// # Errors
    ///
    /// The event is of another type than `expected`, or it names no connection or no request.
    /// The gateway sets the type, but a client may have chosen the route: a message
    /// `{"action":"$disconnect"}` must not run the handler of a disconnect.
    pub(crate) fn parse(
        event: &'a Event,
        expected: EventType,
    ) -> Result<Request<'a>, ErrorReply<'a>> {
        let context = &event.payload.request_context;
        let refuse = |text| ErrorReply::client(text, read_id(event));
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

/// The text of the message that an event carries.
///
/// # Errors
///
/// There is no message, or it claims to be binary. The gateway never hands over a binary message
/// (FACTS 2.12), so such an event is not from the gateway.
pub(crate) fn message_text(event: &Event) -> Result<&str, &'static str> {
    if event.payload.is_base64_encoded {
        return Err("the message is not text");
    }
    event.payload.body.as_deref().ok_or("the message is missing")
}

/// Reads the `id` of a message that may be wrong in every other respect.
pub(crate) fn read_id(event: &Event) -> Option<&RawValue> {
    #[derive(Deserialize)]
    struct OnlyId<'a> {
        #[serde(borrow, default, deserialize_with = "raw_field")]
        id: Option<&'a RawValue>,
    }
    let text = message_text(event).ok()?;
    let whole: &RawValue = serde_json::from_str(text).ok()?;
    // Serde would also take an array, with the fields in order.
    if !whole.get().starts_with('{') {
        return None;
    }
    let only: OnlyId<'_> = serde_json::from_str(text).ok()?;
    only.id.filter(|id| can_be_echoed(id))
}

/// Reports whether a reply can repeat the `id` of a message.
pub(crate) fn can_be_echoed(id: &RawValue) -> bool {
    id.get().len() <= ID_BYTES_MAX && !has_lone_surrogate(id.get())
}
