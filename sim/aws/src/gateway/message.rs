//! Messages of clients: from a message to a route, and back to the client (FACTS 2).

use stormglass_spec::Time;
use stormglass_spec::quotas::{FRAME_BYTES_MAX, MESSAGE_BYTES_MAX};

use super::closing::Close;
use super::connection::Purpose;
use super::{
    ConnectionId, Gateway, GatewayEffect, IntegrationOutcome, MessageOrigin, ProxyResponse,
    RequestId,
};

/// The error for a client that is over the account's quota. AWS's own text is unpublished
/// (FACTS 10).
const TOO_MANY_REQUESTS: &str = "Too Many Requests";

/// A message from a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientMessage {
    /// A text message.
    Text {
        /// The text.
        text: String,
        /// The size of its largest frame, in bytes.
        largest_frame_bytes: usize,
    },
    /// A binary message.
    Binary(Vec<u8>),
    /// A message that the driver did not read to its end: it, or one of its frames, is too big.
    TooBig,
}

impl ClientMessage {
    /// Creates a text message, in several frames if it does not fit into one.
    pub fn text(text: String) -> ClientMessage {
        let largest_frame_bytes = text.len().min(FRAME_BYTES_MAX);
        ClientMessage::Text { text, largest_frame_bytes }
    }
}

impl Gateway {
    /// A message of a client arrives. `request` is its id; `disconnect` is the id of the
    /// `$disconnect` that follows if the gateway closes the connection because of the message
    /// (FACTS 2.12, 3.1). A message can cross a close: then nothing happens.
    pub fn on_message(
        &mut self,
        now: Time,
        id: &ConnectionId,
        (request, disconnect): (RequestId, RequestId),
        message: ClientMessage,
    ) -> Vec<GatewayEffect> {
        let Some(connection) = self.open_connection(id) else { return Vec::new() };
        connection.last_active = now;
        let text = match message {
            ClientMessage::TooBig => return self.close(now, id, Close::TOO_BIG, disconnect),
            ClientMessage::Binary(_) => return self.close(now, id, Close::UNSUPPORTED, disconnect),
            ClientMessage::Text { text, largest_frame_bytes } => {
                if largest_frame_bytes > FRAME_BYTES_MAX || text.len() > MESSAGE_BYTES_MAX {
                    return self.close(now, id, Close::TOO_BIG, disconnect);
                }
                text
            }
        };
        if !self.requests.take(now) {
            return self.send_error(now, id, request, TOO_MANY_REQUESTS);
        }
        let Some(route) = self.api.select(&text, self.limits.routes_reserved).cloned() else {
            return self.send_error(now, id, request, "Forbidden");
        };
        let events = self.event_builder(now, id, &request, self.connection(id));
        let event = events.message(&route.key, &text);
        let purpose = Purpose::Message { is_two_way: route.is_two_way };
        vec![self.invoke(request, id.clone(), route, event, purpose)]
    }

    /// A message of a client arrives while the rest of the account uses up the quota (FACTS 3.1).
    pub fn on_throttled_message(
        &mut self,
        now: Time,
        id: &ConnectionId,
        request: RequestId,
    ) -> Vec<GatewayEffect> {
        self.send_error(now, id, request, TOO_MANY_REQUESTS)
    }

    /// A ping of a client arrives. The driver answers with a pong; no function runs (FACTS 3.2).
    pub fn on_ping(&mut self, now: Time, id: &str) {
        let is_traffic = self.limits.pings_reset_idle;
        if let Some(connection) = self.open_connection(id).filter(|_| is_traffic) {
            connection.last_active = now;
        }
    }

    /// A client has read one message from its socket, so that its buffer has room for another one.
    ///
    /// # Panics
    ///
    /// If the client has read more messages than were sent to it.
    pub fn on_frame_read(&mut self, id: &str) {
        if let Some(connection) = self.open_connection(id) {
            connection.take_frame();
        }
    }

    /// Answers a message with the outcome of its route (FACTS 2.5, 2.6, 2.8, 2.9). A body that
    /// claims to be in base64 goes out unchanged: what AWS does with it is unpublished.
    pub(super) fn answer_message(
        &mut self,
        now: Time,
        id: &ConnectionId,
        request: RequestId,
        is_two_way: bool,
        outcome: &IntegrationOutcome,
    ) -> Vec<GatewayEffect> {
        let response = match outcome {
            IntegrationOutcome::TimedOut => {
                return self.send_error(now, id, request, "Endpoint request timed out");
            }
            IntegrationOutcome::Response(json) => ProxyResponse::parse(json).ok(),
            IntegrationOutcome::Unauthorized
            | IntegrationOutcome::Error
            | IntegrationOutcome::Throttled => None,
        };
        match response {
            Some(response) if is_two_way => {
                self.send(now, id, response.body.unwrap_or_default(), MessageOrigin::Reply(request))
            }
            Some(_) => Vec::new(),
            None => self.send_error(now, id, request, "Internal server error"),
        }
    }

    /// Sends an error frame. Its uneven spaces are AWS's own (FACTS 2.4, 2.5, 2.6).
    fn send_error(
        &mut self,
        now: Time,
        id: &ConnectionId,
        request: RequestId,
        message: &str,
    ) -> Vec<GatewayEffect> {
        let text = format!(
            "{{\"message\": \"{message}\", \"connectionId\":\"{id}\", \"requestId\":\"{request}\"}}"
        );
        self.send(now, id, text, MessageOrigin::Error(request))
    }

    /// Sends a message to an open connection. A message is lost if the buffer is full (AWS's
    /// reaction is unpublished) or if the connection has been closed meanwhile.
    fn send(
        &mut self,
        now: Time,
        id: &ConnectionId,
        text: String,
        origin: MessageOrigin,
    ) -> Vec<GatewayEffect> {
        let frames_max = self.limits.buffer_frames_max;
        let Some(connection) = self.open_connection(id) else { return Vec::new() };
        let has_room = connection.buffer_frame(now, frames_max);
        let connection = id.clone();
        let effect = if has_room {
            GatewayEffect::Send { connection, text, origin }
        } else {
            GatewayEffect::Dropped { connection, origin }
        };
        vec![effect]
    }
}
