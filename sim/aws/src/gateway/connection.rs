//! What the gateway knows of a connection, and which functions it waits for.

use std::borrow::Cow;

use stormglass_spec::Time;

use super::authorizer::Grant;
use super::upgrade::Upgrade;
use super::{ConnectionId, RequestId};

/// The address of a client that has none of its own.
pub(super) const SOURCE_IP: &str = "203.0.113.7";

/// How far a connection has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ConnectionState {
    /// Its authorizer or its `$connect` is running (FACTS 1.1).
    Pending {
        /// Its client has left: it can never open (FACTS 1.19).
        client_left: bool,
    },
    /// Its 101 was sent. Its client may be long gone (FACTS 4.4).
    Open,
    /// Its handshake was refused or came too late. No `$disconnect` has run for it (FACTS 1.17).
    Failed,
    /// It was closed.
    Closed,
}

/// A connection.
#[derive(Clone, Debug)]
pub(super) struct Connection {
    pub(super) state: ConnectionState,
    /// When its upgrade request came, before anybody was asked about it.
    pub(super) connected_at: Time,
    /// When a message last went either way (FACTS 3.2).
    pub(super) last_active: Time,
    pub(super) user_agent: Option<String>,
    /// The address of its client.
    pub(super) source_ip: Cow<'static, str>,
    /// What the authorizer said of its client (FACTS 1.22).
    pub(super) grant: Option<Grant>,
    /// How many messages its client has not yet read.
    pub(super) frames_buffered: u32,
}

impl Connection {
    pub(super) fn new(now: Time, upgrade: &Upgrade, source_ip: Cow<'static, str>) -> Connection {
        let mut headers = upgrade.headers.iter();
        let user_agent = headers.find(|(name, _)| name.eq_ignore_ascii_case("user-agent"));
        Connection {
            state: ConnectionState::Pending { client_left: false },
            connected_at: now,
            last_active: now,
            user_agent: user_agent.map(|(_, value)| value.clone()),
            source_ip,
            grant: None,
            frames_buffered: 0,
        }
    }

    pub(super) fn is_open(&self) -> bool {
        self.state == ConnectionState::Open
    }

    /// Puts a message in the buffer, if there is room. Only what is accepted counts as traffic.
    pub(super) fn buffer_frame(&mut self, now: Time, frames_max: u32) -> bool {
        if self.is_full(frames_max) {
            return false;
        }
        self.frames_buffered += 1;
        self.last_active = now;
        true
    }

    pub(super) fn is_full(&self, frames_max: u32) -> bool {
        self.frames_buffered >= frames_max
    }

    pub(super) fn take_frame(&mut self) {
        self.frames_buffered = self.frames_buffered.saturating_sub(1);
    }
}

/// A function that has not answered yet.
#[derive(Clone, Debug)]
pub(super) struct PendingInvocation {
    pub(super) connection: ConnectionId,
    pub(super) purpose: Purpose,
}

/// What the answer of a function is for. A route's key does not tell: a message can select the
/// route of another purpose where keys are not reserved.
#[derive(Clone, Debug)]
pub(super) enum Purpose {
    /// To let this handshake go on or not.
    Authorize(Handshake),
    /// To open the connection or not.
    Connect,
    /// For the client that sent a message.
    Message { is_two_way: bool },
    /// For nobody.
    Disconnect,
}

/// A handshake that waits for its authorizer.
#[derive(Clone, Debug)]
pub(super) struct Handshake {
    /// The request that `$connect` is to run for.
    pub(super) connect: RequestId,
    pub(super) upgrade: Upgrade,
}
