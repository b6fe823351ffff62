//! Connections, and the invocations that the gateway waits for.

use std::borrow::Cow;

use stormglass_spec::Time;

use super::authorizer::Grant;
use super::upgrade::Upgrade;
use super::{ConnectionId, RequestId};

/// The address of every client whose driver gives it none.
pub(super) const SOURCE_IP: &str = "203.0.113.7";

/// The state of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ConnectionState {
    /// The authorizer or `$connect` is running (FACTS 1.1).
    Pending {
        /// True if the client has left, so that the connection can never open (FACTS 1.19).
        client_left: bool,
    },
    /// The 101 was sent. The client may be long gone (FACTS 4.4).
    Open,
    /// The handshake was refused or came too late. No `$disconnect` has run for it (FACTS 1.17).
    Failed,
    /// The connection was closed.
    Closed,
}

/// A connection.
#[derive(Clone, Debug)]
pub(super) struct Connection {
    pub(super) state: ConnectionState,
    /// The time of the upgrade request, before any function ran for it.
    pub(super) connected_at: Time,
    /// The time of the last message in either direction (FACTS 3.2).
    pub(super) last_active: Time,
    pub(super) user_agent: Option<String>,
    /// The address of the client.
    pub(super) source_ip: Cow<'static, str>,
    /// The custom domain that the client used; `None` is the host of the stage (FACTS 18.1).
    pub(super) domain: Option<String>,
    /// The authorizer's statement about the client (FACTS 1.22).
    pub(super) grant: Option<Grant>,
    /// The number of messages that the client has not yet read.
    pub(super) frames_buffered: u32,
}

impl Connection {
    /// Creates a pending connection for an upgrade request that came at `now`, to a custom domain
    /// if there is one.
    pub(super) fn new(
        now: Time,
        upgrade: &Upgrade,
        source_ip: Cow<'static, str>,
        domain: Option<String>,
    ) -> Connection {
        let mut headers = upgrade.headers.iter();
        let user_agent = headers.find(|(name, _)| name.eq_ignore_ascii_case("user-agent"));
        Connection {
            state: ConnectionState::Pending { client_left: false },
            connected_at: now,
            last_active: now,
            user_agent: user_agent.map(|(_, value)| value.clone()),
            source_ip,
            domain,
            grant: None,
            frames_buffered: 0,
        }
    }

    /// Puts a message in the buffer. Returns `false` if the buffer is full; only a message that
    /// is accepted counts as traffic.
    pub(super) fn buffer_frame(&mut self, now: Time, frames_max: u32) -> bool {
        if self.is_full(frames_max) {
            return false;
        }
        self.frames_buffered += 1;
        self.last_active = now;
        true
    }

    /// Removes a message from the buffer, after the client has read it.
    ///
    /// # Panics
    ///
    /// If the buffer is empty.
    pub(super) fn take_frame(&mut self) {
        let left = self.frames_buffered.checked_sub(1);
        self.frames_buffered = left.expect("a client reads only messages that were sent to it");
    }

    pub(super) fn is_open(&self) -> bool {
        self.state == ConnectionState::Open
    }

    pub(super) fn is_full(&self, frames_max: u32) -> bool {
        self.frames_buffered >= frames_max
    }
}

/// An invocation whose outcome the gateway waits for.
#[derive(Clone, Debug)]
pub(super) struct PendingInvocation {
    pub(super) connection: ConnectionId,
    pub(super) purpose: Purpose,
}

/// The use that the gateway has for an outcome. A route key does not tell it: where keys are not
/// reserved, a message can select the route of another purpose.
#[derive(Clone, Debug)]
pub(super) enum Purpose {
    /// The outcome lets this handshake go on, or refuses it.
    Authorize(Handshake),
    /// The outcome opens the connection, or refuses it.
    Connect,
    /// The outcome answers the client that sent a message.
    Message { is_two_way: bool },
    /// The outcome is ignored.
    Disconnect,
}

/// A handshake that waits for its authorizer.
#[derive(Clone, Debug)]
pub(super) struct Handshake {
    /// The request of the upgrade, under which `$connect` will run.
    pub(super) connect: RequestId,
    pub(super) upgrade: Upgrade,
}
