//! What the gateway wants done, and what it learns of the functions that it asked for.

use super::route::Route;
use super::{ConnectionId, RequestId};

/// What the gateway wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GatewayEffect {
    /// Ask the authorizer; its outcome goes to [`super::Gateway::on_integration`].
    Authorize {
        /// The request that the outcome is of.
        request: RequestId,
        /// Whose handshake waits.
        connection: ConnectionId,
        /// The authorizer.
        function: String,
        /// Its event, as JSON.
        event: String,
    },
    /// Invoke a function with this event; its outcome goes to [`super::Gateway::on_integration`].
    Invoke {
        /// The request that the outcome is of.
        request: RequestId,
        /// Whom it is about.
        connection: ConnectionId,
        /// The route whose function it is.
        route: Route,
        /// Its event, as JSON.
        event: String,
    },
    /// Complete a handshake.
    Upgraded {
        /// Whose.
        connection: ConnectionId,
        /// The sub-protocol to answer with (FACTS 3.7).
        protocol: Option<String>,
    },
    /// The handshake succeeded, but its client had left: there is nobody to tell (FACTS 1.19).
    Aborted {
        /// Whose.
        connection: ConnectionId,
    },
    /// Refuse a handshake with this HTTP status.
    Refused {
        /// Whose.
        connection: ConnectionId,
        /// The status.
        status: u16,
    },
    /// Send a text message to a client.
    Send {
        /// To whom.
        connection: ConnectionId,
        /// The message.
        text: String,
        /// What it answers.
        origin: MessageOrigin,
    },
    /// A message of the gateway itself found the client's buffer full, and is lost.
    Dropped {
        /// Whose.
        connection: ConnectionId,
        /// What it answered.
        origin: MessageOrigin,
    },
    /// The connection is closed from here on; tell the client unless it closed.
    Closed {
        /// Which one.
        connection: ConnectionId,
        /// The code of the close frame, or what stands for one that never came (FACTS 3.3).
        code: u16,
        /// The reason beside it.
        reason: String,
        /// Whether the client was first to leave.
        by_client: bool,
    },
}

/// Why the gateway sends a message of its own accord.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessageOrigin {
    /// The response of a two-way route to this request.
    Reply(RequestId),
    /// The gateway's own error for this request.
    Error(RequestId),
}

/// What became of a function that the gateway asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IntegrationOutcome {
    /// The function returned this.
    Response(String),
    /// The function failed with the one message that means something, if it is an authorizer's.
    Unauthorized,
    /// The function failed: it threw, crashed or ran out of its own time.
    Error,
    /// Lambda had no capacity (FACTS 4.9).
    Throttled,
    /// The gateway has waited for 29 s (FACTS 3.1).
    TimedOut,
}

impl IntegrationOutcome {
    /// The outcome of a function that failed with `error`: its type, a colon and its message.
    pub fn from_error(error: &str) -> IntegrationOutcome {
        let message = error.split_once(": ").map_or(error, |(_, message)| message);
        if message == "Unauthorized" {
            IntegrationOutcome::Unauthorized
        } else {
            IntegrationOutcome::Error
        }
    }
}
