//! Effects, which the gateway asks its driver for, and the outcomes of functions, which it waits
//! for.

use super::route::Route;
use super::{ConnectionId, RequestId};

/// An effect that the driver carries out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GatewayEffect {
    /// Invoke the authorizer. Its outcome goes to [`super::Gateway::on_integration`].
    Authorize {
        /// The request that the outcome belongs to.
        request: RequestId,
        /// The connection whose handshake waits.
        connection: ConnectionId,
        /// The function that is the authorizer.
        function: String,
        /// The event, as JSON.
        event: String,
    },
    /// Invoke the function of a route. Its outcome goes to [`super::Gateway::on_integration`].
    Invoke {
        /// The request that the outcome belongs to.
        request: RequestId,
        /// The connection that the event is about.
        connection: ConnectionId,
        /// The route, which names the function.
        route: Route,
        /// The event, as JSON.
        event: String,
    },
    /// Complete a handshake: the connection is open.
    Upgraded {
        /// The connection.
        connection: ConnectionId,
        /// The sub-protocol of the 101 response, if `$connect` named one (FACTS 3.7).
        protocol: Option<String>,
    },
    /// Forget a handshake that succeeded after its client had left (FACTS 1.19).
    Aborted {
        /// The connection.
        connection: ConnectionId,
    },
    /// Refuse a handshake.
    Refused {
        /// The connection.
        connection: ConnectionId,
        /// The HTTP status of the response.
        status: u16,
    },
    /// Send a text message to a client.
    Send {
        /// The connection of the client.
        connection: ConnectionId,
        /// The message.
        text: String,
        /// The reason for the message.
        origin: MessageOrigin,
    },
    /// Note the loss of a message of the gateway itself: the buffer of the client is full.
    Dropped {
        /// The connection of the client.
        connection: ConnectionId,
        /// The reason for the message.
        origin: MessageOrigin,
    },
    /// Close a connection. Its client gets a close frame, unless it closed the connection.
    Closed {
        /// The connection.
        connection: ConnectionId,
        /// The code of the close frame, or the code that stands for a missing one (FACTS 3.3).
        code: u16,
        /// The reason beside the code.
        reason: String,
        /// True if the client left first.
        by_client: bool,
    },
}

/// The reason for a message that the gateway sends on its own account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessageOrigin {
    /// The response of a two-way route to this request.
    Reply(RequestId),
    /// An error of the gateway about this request.
    Error(RequestId),
}

/// The outcome of a function that the gateway invoked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IntegrationOutcome {
    /// The function returned this JSON.
    Response(String),
    /// The function failed with the message `Unauthorized`, which means 401 if the function is an
    /// authorizer.
    Unauthorized,
    /// The function failed: it threw, crashed or used up its own time.
    Error,
    /// Lambda had no capacity (FACTS 4.9).
    Throttled,
    /// The function did not answer within 29 s (FACTS 3.1).
    TimedOut,
}

impl IntegrationOutcome {
    /// Returns the outcome of a function that failed with `error`: a type, a colon and a message.
    pub fn from_error(error: &str) -> IntegrationOutcome {
        let message = error.split_once(": ").map_or(error, |(_, message)| message);
        if message == "Unauthorized" {
            IntegrationOutcome::Unauthorized
        } else {
            IntegrationOutcome::Error
        }
    }
}
